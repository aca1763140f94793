internal import HostFacts
internal import ResticInputs
internal import ResticLocks

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// What a command finds around it: environment, files, terminal, machine.
struct CommandContext: Sendable {
  let environment: Environment
  let files: InputFiles
  let terminal: Terminal
  let surroundings: Surroundings

  static let coreCount = max(Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))), 1)

  static func system() -> CommandContext {
    let environment = Environment.process
    let surroundings = Surroundings(
      clock: .system, host: .current(), processes: .system, ownPID: Int64(getpid()),
      sightings: StateFolder.path(environment).map { .folder("\($0)/sightings") } ?? .none)
    return CommandContext(
      environment: environment, files: .system, terminal: .standard(environment: environment),
      surroundings: surroundings)
  }
}

/// The folder for what reslock remembers between runs (XDG Base Directory Specification).
enum StateFolder {
  /// `$XDG_STATE_HOME/reslock`, `~/.local/state/reslock`, or systemd's `$STATE_DIRECTORY`; `nil` without any.
  static func path(_ environment: Environment) -> String? {
    // The specification has relative paths ignored.
    if let state = environment["XDG_STATE_HOME"], state.hasPrefix("/") { return "\(state)/reslock" }
    if let home = environment["HOME"], home.hasPrefix("/") { return "\(home)/.local/state/reslock" }
    // systemd gives a list where a unit has several.
    return environment["STATE_DIRECTORY"]?.split(separator: ":").first.map(String.init)
  }
}
