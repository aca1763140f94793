package import Foundation
internal import Testing

package struct ResticBinaryVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
  package let major: Int
  package let minor: Int
  package let patch: Int

  package init(_ major: Int, _ minor: Int, _ patch: Int) {
    (self.major, self.minor, self.patch) = (major, minor, patch)
  }

  /// Reads `0.19.1`; nil for anything else.
  package init?(_ text: some StringProtocol) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 3, let major = parts[0], let minor = parts[1], let patch = parts[2] else {
      return nil
    }
    self.init(major, minor, patch)
  }

  package var description: String { "\(major).\(minor).\(patch)" }

  package static func < (left: Self, right: Self) -> Bool {
    (left.major, left.minor, left.patch) < (right.major, right.minor, right.patch)
  }
}

/// A real restic of the checkout's `.peers` folder, which `make peers` fills.
///
/// Where that folder is empty, `all` holds one binary that cannot run, so that tests fail and say what to do
/// instead of passing over nothing.
package struct ResticBinary: Sendable, Hashable, CustomTestStringConvertible {
  package let version: ResticBinaryVersion
  package let url: URL

  package var testDescription: String { "restic \(version)" }

  /// Oldest first.
  package static let all: [ResticBinary] = {
    let folder = TestEnvironment.checkout.appendingPathComponent(".peers")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    let found = names.compactMap { name -> ResticBinary? in
      guard name.hasPrefix("restic-"), let version = ResticBinaryVersion(name.dropFirst("restic-".count))
      else { return nil }
      return ResticBinary(version: version, url: folder.appendingPathComponent(name))
    }
    return found.isEmpty ? [missing] : found.sorted { $0.version < $1.version }
  }()

  package static var newest: ResticBinary { all.last ?? missing }
  package static var oldest: ResticBinary { all.first ?? missing }

  private static let missing = ResticBinary(
    version: ResticBinaryVersion(0, 0, 0), url: URL(fileURLWithPath: "/nonexistent/restic"))

  /// Runs restic to its end, without its cache.
  ///
  /// `repository` becomes `--repo` and `password` RESTIC_PASSWORD, where not nil. `environment` is added to
  /// `TestEnvironment.clean` and wins over it. `launcher` is a command to start restic under, such as
  /// `["unshare", "--uts"]`. Throws `ChildProcessError` when restic cannot be started or outlives `timeout`; any
  /// exit code is a result.
  package func run(
    _ arguments: [String], repository: URL?, password: String? = TestEnvironment.fixturePassword,
    environment: [String: String] = [:], launcher: [String] = [], standardInput: Data? = nil,
    timeout: Duration = .seconds(300)
  ) async throws -> ProcessResult {
    let child = try start(
      arguments, repository: repository, password: password, environment: environment, launcher: launcher,
      input: standardInput.map(ChildProcess.Input.bytes) ?? .none)
    return try await child.wait(timeout: timeout)
  }

  /// Starts restic as `run` does, and returns at once; it is killed when the value returned goes.
  ///
  /// By default its input is a pipe that stays open, which keeps `backup --stdin` running and holding its lock.
  package func start(
    _ arguments: [String], repository: URL?, password: String? = TestEnvironment.fixturePassword,
    environment: [String: String] = [:], launcher: [String] = [], input: ChildProcess.Input = .pipe
  ) throws -> ChildProcess {
    guard version != Self.missing.version else {
      throw ChildProcessError(description: "no restic in .peers: run make peers")
    }
    var whole = TestEnvironment.clean
    if let password { whole["RESTIC_PASSWORD"] = password }
    whole.merge(environment) { $1 }
    let location = repository.map { ["--repo", $0.path] } ?? []
    let command = launcher + [url.path, "--no-cache"] + location + arguments
    return try ChildProcess(
      executable: command[0], arguments: Array(command.dropFirst()), environment: whole, input: input)
  }
}
