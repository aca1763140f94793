/// Whether a lock's host name is this machine's, and whether that name says anything.
package struct HostMatch: Hashable, Sendable {
  /// The lock names this machine or one of its declared aliases.
  package let isOurs: Bool
  /// Many machines carry this name, so that it says little about which one wrote the lock.
  package let isWidelyShared: Bool
  /// The lock names this machine as restic here would: aliases, which restic does not know, are left out.
  package let isOwnName: Bool

  /// Compares as restic does: the exact string, upper and lower case told apart.
  package init(lockHostname: String, hostName: String, aliases: Set<String>) {
    isOwnName = !lockHostname.isEmpty && Self.isExactly(lockHostname, hostName)
    isOurs = isOwnName || (!lockHostname.isEmpty && aliases.contains { Self.isExactly(lockHostname, $0) })
    isWidelyShared = Self.isWidelyShared(lockHostname)
  }

  // Two spellings of one accented letter are equal strings to Swift and different names to restic.
  private static func isExactly(_ left: String, _ right: String) -> Bool {
    left.utf8.elementsEqual(right.utf8)
  }

  /// Names that installers, images and virtual machines hand out by default.
  private static let widelySharedNames: Set<String> = [
    "localhost", "local", "hostname", "unknown", "none", "(none)", "debian", "ubuntu", "fedora", "centos",
    "alpine", "archlinux", "nixos", "linux", "raspberrypi", "openwrt", "mac", "macbook", "macbook-pro",
    "macbook-air", "docker", "docker-desktop", "buildkitsandbox", "diskstation", "truenas", "freenas",
    "tower",
    "homeassistant", "proxmox",
  ]

  /// A domain behind the name changes nothing: `localhost.localdomain`, `mac.lan`.
  private static func isWidelyShared(_ name: String) -> Bool {
    let firstLabel = Substring(name.utf8.prefix { $0 != UInt8(ascii: ".") })
    return widelySharedNames.contains(firstLabel.lowercased())
  }
}
