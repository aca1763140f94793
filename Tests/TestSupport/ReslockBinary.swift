package import Foundation

/// The `reslock` built together with the running tests.
package enum ReslockBinary {
  /// Beside the test bundle, whatever build folder that is in.
  package static let url: URL = {
    #if os(Linux)
      let executable = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
      let products = executable.deletingLastPathComponent()
    #else
      let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") } ?? Bundle.main
      let products = bundle.bundleURL.deletingLastPathComponent()
    #endif
    return products.appendingPathComponent("reslock")
  }()

  /// Runs reslock to its end with a state folder of its own.
  ///
  /// `repository` becomes `--repo` and `password` RESTIC_PASSWORD, where not nil. `environment` is added to
  /// `TestEnvironment.clean` and wins over it: set XDG_STATE_HOME to share a state folder between runs. `launcher`
  /// is a command to start reslock under, such as `["setpriv", "--reuid=1000"]`. Throws `ChildProcessError` when
  /// reslock cannot be started or outlives `timeout`; any exit code is a result.
  package static func run(
    _ arguments: [String], repository: URL? = nil, password: String? = TestEnvironment.fixturePassword,
    environment: [String: String] = [:], launcher: [String] = [], standardInput: Data? = nil,
    timeout: Duration = .seconds(300)
  ) async throws -> ProcessResult {
    let stateFolder = try TemporaryFolder("state")
    var whole = TestEnvironment.clean
    whole["XDG_STATE_HOME"] = stateFolder.path
    // A crash report prints memory, and its helper may outlive the child.
    whole["SWIFT_BACKTRACE"] = "enable=no"
    if let password { whole["RESTIC_PASSWORD"] = password }
    whole.merge(environment) { $1 }
    let command = launcher + [url.path] + arguments + (repository.map { ["--repo", $0.path] } ?? [])
    let result = try await ChildProcess.run(
      command[0], Array(command.dropFirst()), environment: whole, standardInput: standardInput,
      timeout: timeout)
    withExtendedLifetime(stateFolder) {}
    return result
  }

  /// Starts reslock, for tests that look at it while it runs; it is killed when the value returned goes.
  package static func start(
    _ arguments: [String], environment: [String: String] = [:], launcher: [String] = [],
    input: ChildProcess.Input = .pipe
  ) throws -> ChildProcess {
    var whole = TestEnvironment.clean
    whole["SWIFT_BACKTRACE"] = "enable=no"
    whole.merge(environment) { $1 }
    let command = launcher + [url.path] + arguments
    return try ChildProcess(
      executable: command[0], arguments: Array(command.dropFirst()), environment: whole, input: input)
  }
}
