import Foundation

/// restic and reslock, as the benchmark calls them: a clean environment with the password, no cache, no state.
struct Programs {
  let restic: String
  let reslock: String
  private let environment: [String: String]
  private let stateFolder: String

  static let password = "benchmark"

  init(restic: String, reslock: String, home: String, more: [String: String] = [:]) {
    self.restic = restic
    self.reslock = reslock
    stateFolder = home + "/state"
    environment = [
      "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "HOME": home,
      "XDG_STATE_HOME": home + "/state", "RESTIC_CACHE_DIR": home + "/cache",
      "RESTIC_PASSWORD": Self.password,
    ].merging(more) { $1 }
  }

  /// Removes what reslock remembers: the repositories are copies of one, and a lock that it did not see in another copy
  /// would look new.
  func forget() {
    try? FileManager.default.removeItem(atPath: stateFolder)
  }

  func restic(_ arguments: String..., repository: String? = nil) -> TimedProcess {
    let location = repository.map { ["--no-cache", "--repo", $0] } ?? []
    return TimedProcess(executable: restic, arguments: location + arguments, environment: environment)
  }

  func reslock(_ arguments: String..., repository: String? = nil) -> TimedProcess {
    reslock(arguments, repository: repository)
  }

  func reslock(_ arguments: [String], repository: String?) -> TimedProcess {
    let location = repository.map { ["--repo", $0] } ?? []
    return TimedProcess(executable: reslock, arguments: arguments + location, environment: environment)
  }
}
