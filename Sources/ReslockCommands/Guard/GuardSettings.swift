internal import ResticInputs

/// What a guard may do around a command.
struct GuardSettings: Sendable {
  /// How long it waits for a blocked operation; 0 for not at all.
  var waitSeconds: Double = 0
  /// Whether it removes what `unlock` would, where that is in the way.
  var unlocks = false
  var timeoutSeconds: Double?
  /// From a restic's release of its lock, which takes up to a minute.
  var graceSeconds: Double = 60

  init() {}

  /// Those that the environment names, for a restic that takes no flags of ours.
  init(_ environment: Environment) throws {
    func seconds(_ name: String) throws -> Double? {
      guard let text = environment[name] else { return nil }
      guard let argument = DurationArgument(argument: text) else {
        throw InputError(.usage, "\(name) takes a span of time such as 90s, 45m or 2h30m")
      }
      return argument.seconds
    }
    waitSeconds = try seconds("RESLOCK_GUARD_WAIT") ?? 0
    timeoutSeconds = try seconds("RESLOCK_GUARD_TIMEOUT")
    graceSeconds = try seconds("RESLOCK_GUARD_GRACE") ?? graceSeconds
    switch environment["RESLOCK_GUARD_UNLOCK"] {
    case nil, "0", "no", "false": unlocks = false
    case "1", "yes", "true": unlocks = true
    default: throw InputError(.usage, "RESLOCK_GUARD_UNLOCK takes yes or no")
    }
  }

  /// Whether it has to know of what stands in the way.
  var preparesWay: Bool { waitSeconds > 0 || unlocks }
}
