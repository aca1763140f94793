import Foundation
import TestSupport
import Testing

/// What `list --json` answers, as far as the tests look at it.
struct LockList: Decodable {
  struct Repository: Decodable {
    var id: String?
    var configSha256: String?
    var location: String
    var version: Int?
  }
  var messageType: String
  var schemaVersion: Int
  var repository: Repository
  var locks: [LockView]
}

/// What `status --json` answers.
struct StatusView: Decodable {
  var messageType: String
  var state: String
  var lockCount: Int
  var verdicts: [String: Int]
  var locks: [LockView]
  var vanished: [String]
  var advice: [String]
}

/// A line of what `show --json` answers.
struct ShownLock: Decodable {
  var messageType: String
  var lock: LockView
}

struct LockView: Decodable {
  struct Defect: Decodable {
    var kind: String
    var message: String
  }
  struct Evidence: Decodable {
    struct Process: Decodable {
      struct Facts: Decodable {
        var pid: Int64
        var namespacePids: [Int64]
        var state: String?
        var commandLine: String?
      }
      var state: String
      var reasons: [String]
      var process: Facts?
    }
    struct Lineage: Decodable { var siblingCount: Int }
    struct Silence: Decodable {
      struct Observed: Decodable {
        var atLeastSeconds: Double
        var atMostSeconds: Double?
      }
      var observed: Observed?
    }
    struct FileSystem: Decodable { var local: Bool? }
    var process: Process
    var lineage: Lineage
    var silence: Silence
    var fileSystem: FileSystem?
  }
  var id: String
  var size: Int
  var defect: Defect?
  var time: String?
  var exclusive: Bool?
  var hostname: String?
  var username: String?
  var pid: Int64?
  var uid: UInt32?
  var gid: UInt32?
  var verdict: String?
  var reasons: [String]
  var stuck: Bool
  var evidence: Evidence?

  var processState: String? { evidence?.process.state }
}

/// The one object that a failure with `--json` puts on standard error.
struct ExitError: Decodable {
  var messageType: String
  var code: Int32
  var message: String
}

extension ProcessResult {
  /// Standard output as one JSON document, after an exit with `exitCode`.
  func answer<Answer: Decodable>(_ type: Answer.Type = Answer.self, exitCode: Int32 = 0) throws -> Answer {
    try #require(self.exitCode == exitCode, "\(what): \(stdout)")
    return try Self.decoder.decode(Answer.self, from: Data(stdoutBytes))
  }

  /// Standard error as one `exit_error` that names the exit code too.
  func exitError(_ exitCode: Int32) throws -> ExitError {
    #expect(self.exitCode == exitCode, "\(what)")
    let error = try Self.decoder.decode(ExitError.self, from: Data(stderrBytes))
    #expect(error.messageType == "exit_error" && error.code == exitCode, "\(what)")
    return error
  }

  /// For messages of failed tests.
  var what: String {
    let end = exitCode.map { "exit \($0)" } ?? "signal \(terminationSignal ?? -1)"
    return "\(end), stderr: \(stderr.suffix(2000))"
  }

  private static let decoder: JSONDecoder = {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return decoder
  }()
}

extension ReslockBinary {
  /// The locks as `list --json` gives them.
  static func locks(
    of repository: URL, _ flags: [String] = [], password: String? = TestEnvironment.fixturePassword,
    environment: [String: String] = [:], launcher: [String] = [], exitCode: Int32 = 0
  ) async throws -> [LockView] {
    let result = try await run(
      ["list", "--json"] + flags, repository: repository, password: password, environment: environment,
      launcher: launcher)
    return try result.answer(LockList.self, exitCode: exitCode).locks
  }

  /// The only lock there is.
  static func lock(
    of repository: URL, _ flags: [String] = [], password: String? = TestEnvironment.fixturePassword,
    environment: [String: String] = [:], launcher: [String] = [], exitCode: Int32 = 0
  ) async throws -> LockView {
    let locks = try await locks(
      of: repository, flags, password: password, environment: environment, launcher: launcher,
      exitCode: exitCode)
    try #require(locks.count == 1, "\(locks.map(\.id))")
    return locks[0]
  }
}
