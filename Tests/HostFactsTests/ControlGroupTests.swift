import HostFacts
import Testing

@Suite struct ControlGroupTests {
  private static let id = String(repeating: "0123456789abcdef", count: 4)

  @Test(
    "a control group tells the container and the systemd unit",
    arguments: [
      ("0::/system.slice/restic-backup.service\n", nil, "restic-backup.service"),
      ("0::/user.slice/user-0.slice/session-3.scope\n", nil, "session-3.scope"),
      ("0::/system.slice/docker-\(id).scope\n", id, "docker-\(id).scope"),
      ("12:pids:/docker/\(id)\n1:name=systemd:/docker/\(id)\n0::/\n", id, nil),
      ("0::/kubepods.slice/kubepods-pod1.slice/cri-containerd-\(id).scope", id, "cri-containerd-\(id).scope"),
      ("0::/machine.slice/libpod-\(id).scope/container\n", id, "libpod-\(id).scope"),
      ("0::/machine.slice/libpod-conmon-\(id).scope\n", nil, "libpod-conmon-\(id).scope"),
      ("0::/lxc.payload.web/system.slice/cron.service\n", "web", "cron.service"),
      ("5:cpu:/lxc/web\n", "web", nil),
      ("0::/machine.slice/machine-web.scope/payload\n", "web", "machine-web.scope"),
      ("3:cpu:/other\n1:name=systemd:/system.slice/cron.service\n", nil, "cron.service"),
      ("0::/a:b/c.service\n", nil, "c.service"),
    ] as [(String, String?, String?)])
  func groups(text: String, container: String?, unit: String?) throws {
    let group = try #require(ControlGroup(Array(text.utf8)[...]))
    #expect(group.container == container)
    #expect(group.systemdUnit == unit)
  }

  @Test(
    "the root group and nonsense are none", arguments: ["", "0::/\n", "0:/a", "\n:::\n", "0::relative\n"])
  func none(text: String) {
    #expect(ControlGroup(Array(text.utf8)[...]) == nil)
  }
}
