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
  /// Runs `operation` on `locked`, with arguments that let it succeed where no lock hinders.
  func run(_ operation: ResticOperation, on locked: URL) async throws -> ForecastRun {
    let isSource = operation.flags.contains(.fromRepository)
    let needsOther = operation.command == "copy"
    let other = needsOther ? try copy(with: .none).repository : nil
    defer { if let other { try? FileManager.default.removeItem(at: other) } }
    let working = locked.appendingPathExtension("work")
    try FileManager.default.createDirectory(at: working, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: working) }
    let start = ContinuousClock.now
    let child = try binary.start(
      arguments(for: operation, source: isSource ? locked : other, working: working),
      repository: isSource ? other : locked,
      environment: [
        "RESTIC_KEY_HINT": keyID, "RESTIC_FROM_KEY_HINT": keyID, "GOMAXPROCS": "1",
        "RESTIC_FROM_PASSWORD": TestEnvironment.fixturePassword,
      ],
      // `repair packs` writes into the working directory.
      launcher: ["sh", "-c", "cd \"$0\" && exec \"$@\"", working.path], input: .none)
    let hasServed = operation.command == "mount" ? try await stopWhenServing(child) : false
    let result = try await child.wait()
    let duration = (ContinuousClock.now - start).components
    return ForecastRun(
      // Until 0.14 the interrupt that ends a mount is its exit code.
      exitCode: hasServed ? 0 : Int(result.exitCode ?? -1),
      seconds: Double(duration.seconds) + Double(duration.attoseconds) / 1e18,
      output: result.stdout + result.stderr)
  }

  /// `mount` runs until told to stop; answers whether it came to serve.
  private func stopWhenServing(_ child: ChildProcess) async throws -> Bool {
    while child.isRunning {
      if child.stdoutSoFar.contains("Now serving") {
        child.kill(SIGINT)
        return true
      }
      try await Task.sleep(for: .milliseconds(20))
    }
    return false
  }

  private func arguments(for operation: ResticOperation, source: URL?, working: URL) -> [String] {
    var arguments = operation.command.split(separator: " ").map(String.init)
    if operation.usesNoLock { arguments.append("--no-lock") }
    for flag in operation.flags where flag != .fromRepository { arguments.append(flag.rawValue) }
    let newPassword = ["--new-password-file", path("second-password")]
    switch operation.command {
    case "backup": arguments += [path("data")]
    case "cat": arguments += ["config"]
    case "copy": arguments += ["--from-repo", source?.path ?? ""]
    case "diff": arguments += snapshotIDs
    case "dump": arguments += ["latest", path("data") + "/one.txt"]
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
