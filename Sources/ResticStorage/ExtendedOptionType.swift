/// What kind of value an extended option takes, in Go's notation.
package enum ExtendedOptionType: Hashable, Sendable {
  case text, count, flag, duration

  package var meaning: String {
    switch self {
    case .text: "a text"
    case .count: "a whole number from 0 to 4294967295"
    case .flag: "true or false"
    case .duration: "a time such as 90s, 5m or 1h30m"
    }
  }

  func accepts(_ value: String) -> Bool {
    switch self {
    case .text: true
    case .count: GoNumber.uint32(value) != nil
    case .flag:
      ["1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "false", "False"].contains(value)
    case .duration: GoNumber.isDuration(value)
    }
  }
}

extension RepositoryLocation.Backend {
  /// The options restic 0.19.1 knows, by their name without the namespace.
  var optionTypes: [String: ExtendedOptionType] {
    switch self {
    case .local, .rest, .b2, .swift: ["connections": .count]
    case .sftp: ["command": .text, "args": .text, "connections": .count]
    case .azure: ["connections": .count, "access-tier": .text]
    case .gs: ["connections": .count, "region": .text]
    case .rclone: ["program": .text, "args": .text, "timeout": .duration, "connections": .count]
    case .s3:
      [
        "region": .text, "bucket-lookup": .text, "list-objects-v1": .flag, "unsafe-anonymous-auth": .flag,
        "storage-class": .text, "retries": .count, "connections": .count, "layout": .text,
        "enable-restore": .flag, "restore-days": .count, "restore-timeout": .duration, "restore-tier": .text,
      ]
    }
  }
}
