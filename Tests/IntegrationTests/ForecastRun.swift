import Foundation
import ResticLocks
import TestSupport

/// How one run of restic for an operation ended.
struct ForecastRun: Sendable {
  let exitCode: Int
  let seconds: Double
  let output: String

  /// Whether restic said that it got no lock; other failures have the same exit code 1.
  var sawLock: Bool {
    output.contains("unable to create lock in backend") || output.contains("invalid lock file")
  }
}

extension ForecastRepository {
  /// Runs `operation` on a copy with the locks of `state`, with arguments that let it succeed where no lock hinders.
  func run(_ operation: ResticOperation, state: LockState) async throws -> (ForecastRun, [LockObstacle]) {
    let (locked, obstacles) = try copy(with: state)
    defer { try? FileManager.default.removeItem(at: locked) }
    var repository = locked
    var other: URL?
    defer { if let other { try? FileManager.default.removeItem(at: other) } }
    if operation.command == "copy" {
      let clean = try copy(with: .none).repository
      other = clean
      if operation.flags.contains(.fromRepository) { repository = clean }
    }
    let source = operation.flags.contains(.fromRepository) ? locked : other
    let working = locked.appendingPathExtension("work")
    try FileManager.default.createDirectory(at: working, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: working) }
    let start = ContinuousClock.now
    let result = try await finish(
      operation,
      try self.binary.start(
        arguments(for: operation, source: source, working: working), repository: repository,
        environment: [
          "RESTIC_KEY_HINT": keyID, "RESTIC_FROM_KEY_HINT": keyID, "GOMAXPROCS": "1",
          "RESTIC_FROM_PASSWORD": TestEnvironment.fixturePassword,
        ],
        // `repair packs` writes into the working directory.
        launcher: ["sh", "-c", "cd \"$0\" && exec \"$@\"", working.path], input: .none))
    let duration = (ContinuousClock.now - start).components
    let run = ForecastRun(
      exitCode: Int(result.exitCode ?? -1),
      seconds: Double(duration.seconds) + Double(duration.attoseconds) / 1e18,
      output: result.stdout + result.stderr)
    return (run, obstacles)
  }

  /// `mount` ends when it is told to, once it serves; an exit without having served is its own.
  private func finish(_ operation: ResticOperation, _ child: ChildProcess) async throws -> ProcessResult {
    if operation.command == "mount" {
      while child.isRunning, !child.stdoutSoFar.contains("Now serving") {
        try await Task.sleep(for: .milliseconds(20))
      }
      child.kill(SIGINT)
    }
    return try await child.wait()
  }

  private func arguments(for operation: ResticOperation, source: URL?, working: URL) -> [String] {
    var arguments = operation.command.split(separator: " ").map(String.init)
    if operation.usesNoLock { arguments.append("--no-lock") }
    for flag in operation.flags where flag != .fromRepository { arguments.append(flag.rawValue) }
    let newPassword = ["--new-password-file", folder.path("second-password")]
    switch operation.command {
    case "backup": arguments += [folder.path("data")]
    case "cat": arguments += ["config"]
    case "copy": arguments += ["--from-repo", source?.path ?? ""]
    case "diff": arguments += snapshotIDs
    case "dump": arguments += ["latest", folder.path("data") + "/one.txt"]
    case "find": arguments += ["one.txt"]
    case "forget": arguments += [snapshotIDs[0]]
    case "init":
      arguments += ["--repo", working.appendingPathComponent("new").path]
      if let source { arguments += ["--from-repo", source.path, "--copy-chunker-params"] }
    case "key add", "key passwd": arguments += newPassword
    case "key remove": arguments += [secondKeyID]
    case "list": arguments += ["snapshots"]
    case "ls": arguments += ["latest"]
    case "mount": arguments += [working.path]
    case "repair packs": arguments += [packID]
    case "restore": arguments += ["latest", "--target", working.path]
    case "rewrite": arguments += ["--exclude", "*.txt", "latest"]
    case "tag": arguments += ["--add", "tested"]
    default: break
    }
    return arguments
  }
}
