import Foundation
import HostFacts
import Testing
import TestSupport

@Suite struct FileSystemLocalityTests {
  @Test(
    "only file systems on the list are local",
    arguments: [
      (0xef53, .local("ext")), (0x5846_5342, .local("xfs")), (0x9123_683e, .local("btrfs")),
      (0x0102_1994, .local("tmpfs")), (0x794c_7630, .local("overlayfs")), (0x6969, .shared("nfs")),
      (0xff53_4d42, .shared("cifs")), (0xfe53_4d42, .shared("smb2")), (0x6573_5546, .shared("fuse")),
      (0x0102_1997, .shared("9p")), (0x00c3_6400, .shared("ceph")), (0x0116_1970, .shared("gfs2")),
      (0xf15f, .shared("ecryptfs")), (0, .shared("0x0")), (0xffff_ffff, .shared("0xffffffff")),
    ] as [(UInt32, FileSystemLocality)])
  func types(type: UInt32, expected: FileSystemLocality) {
    #expect(FileSystemLocality(linuxType: type) == expected)
  }

  @Test("a missing path has no known file system")
  func missing() {
    #expect(
      FileSystemLocality.of("/tmp/\(UUID().uuidString)/repository")
        == .unknown(reason: "No such file or directory"))
  }

  #if os(Linux)
    @Test("proc is on no list of local file systems, and a mounted tmpfs is")
    func mounted() throws {
      #expect(FileSystemLocality.of("/proc") == .shared("0x9fa0"))
      #expect(FileSystemLocality.of("/dev/shm") == .local("tmpfs"))
    }
  #endif
}
