extension ControlGroup {
  /// The most telling line of `/proc/PID/cgroup` (cgroups(7)); `nil` where the process is in the root group of all.
  package init?(_ bytes: ArraySlice<UInt8>) {
    var best: (rank: Int, group: ControlGroup)?
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      let fields = line.split(separator: UInt8(ascii: ":"), maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3, fields[2].first == UInt8(ascii: "/"), fields[2].count > 1 else { continue }
      let group = ControlGroup(parsing: ByteText.string(fields[2]))
      let rank = (group.container != nil ? 2 : 0) + (group.systemdUnit != nil ? 1 : 0)
      if best.map({ rank > $0.rank }) ?? true { best = (rank, group) }
    }
    guard let best else { return nil }
    self = best.group
  }

  private init(parsing path: String) {
    let components = path.split(separator: "/").map(String.init)
    self.init(
      path: path, container: Self.container(in: components),
      systemdUnit: components.last { $0.hasSuffix(".service") || $0.hasSuffix(".scope") })
  }

  private static func container(in components: [String]) -> String? {
    for (index, component) in components.enumerated().reversed() {
      let name = component.hasSuffix(".scope") ? String(component.dropLast(6)) : component
      // docker-ID, libpod-ID, crio-ID, cri-containerd-ID, or the ID alone.
      if let id = name.split(separator: "-").last, isContainerID(id), !name.hasPrefix("libpod-conmon-") {
        return String(id)
      }
      if name.hasPrefix("lxc.payload.") { return String(name.dropFirst(12)) }
      if name.hasPrefix("machine-"), component.hasSuffix(".scope") { return String(name.dropFirst(8)) }
      if index > 0, components[index - 1] == "lxc" { return name }
    }
    return nil
  }

  private static func isContainerID(_ text: Substring) -> Bool {
    text.utf8.count == 64
      && text.utf8.allSatisfy { ($0 >= 0x30 && $0 <= 0x39) || ($0 >= 0x61 && $0 <= 0x66) }
  }
}
