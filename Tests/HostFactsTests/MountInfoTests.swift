import HostFacts
import Testing

@Suite struct MountInfoTests {
  private func top(_ text: String, at point: String = "/proc") -> MountInfo? {
    MountInfo.topMount(at: point, in: Array(text.utf8)[...])
  }

  @Test(
    "options of the file system are told apart from those of the mount",
    arguments: [
      ("22 27 0:21 / /proc rw,relatime - proc proc rw", nil, nil),
      ("22 27 0:21 / /proc rw - proc proc rw,gid=4,hidepid=invisible", "invisible", nil),
      ("22 27 0:21 / /proc rw - proc proc rw,hidepid=2,subset=pid", "2", "pid"),
      ("22 27 0:21 / /proc rw shared:5 master:1 - proc proc rw,hidepid=ptraceable", "ptraceable", nil),
      ("22 27 0:21 / /proc rw,hidepid=2 - proc hidepid=2 rw", nil, nil),
      ("22 27 0:21 / /proc rw - proc  rw,hidepid=1", "1", nil),  // an empty source
      ("22 27 0:21 / /proc rw - proc a\\040b rw,hidepid=1", "1", nil),
      ("22 27 0:21 / /proc rw - proc proc rw,hidepid=1\n", "1", nil),
      ("22 27 0:21 / /proc rw - proc proc rw,nohidepid=1,hidepidx", nil, nil),
    ])
  func options(line: String, hidePID: String?, subset: String?) throws {
    let mount = try #require(top(line))
    #expect(mount.superOption("hidepid") == hidePID)
    #expect(mount.superOption("subset") == subset)
    #expect(mount.fileSystemType == "proc")
  }

  @Test("of several mounts at one place, the one that no other covers counts, in any order")
  func stacked() throws {
    let lower = "22 27 0:21 / /proc rw - proc proc rw"
    let middle = "90 22 0:50 / /proc rw - proc proc rw,hidepid=1"
    let upper = "91 90 0:51 / /proc rw - proc proc rw,hidepid=2"
    let other = "92 91 0:52 / /proc/sys ro - proc proc rw,hidepid=4"
    for order in [
      [lower, middle, upper, other], [other, upper, middle, lower], [middle, lower, other, upper],
    ] {
      #expect(try #require(top(order.joined(separator: "\n"))).mountID == 91)
    }
  }

  @Test(
    "octal escapes are undone",
    arguments: [
      ("/mnt\\040a\\011b\\012c\\134d\\043e", "/mnt a\tb\nc\\d#e"), ("/a\\04", "/a\\04"),
      ("/a\\999", "/a\\999"),
      ("/a\\400", "/a\\400"), ("/a\\", "/a\\"),
    ])
  func escapes(written: String, meant: String) {
    #expect(top("1 2 0:1 / \(written) rw - ext4 /dev/sda rw", at: meant) != nil)
  }

  @Test(
    "a mount point that only looks like /proc is another",
    arguments: ["/proc/", "/proc\\040", "/procs", "//proc"])
  func otherPoints(point: String) {
    #expect(top("1 2 0:1 / \(point) rw - proc proc rw") == nil)
  }

  @Test(
    "malformed lines are passed over",
    arguments: [
      "", "22", "22 27 0:21 / /proc rw - proc proc", "22 27 0:21 / /proc rw proc proc rw x y",
      "x 27 0:21 / /proc rw - proc proc rw", "99999999999999999999 27 0:21 / /proc rw - proc proc rw",
      "22 27 0:21 / /proc - proc proc rw hidepid",
    ])
  func malformed(line: String) {
    #expect(top(line) == nil)
    #expect(top(line + "\n1 2 0:1 / /proc rw - proc proc rw\n" + line)?.mountID == 1)
  }
}
