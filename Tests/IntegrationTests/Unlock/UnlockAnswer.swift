import Foundation
import TestSupport
import Testing

/// What `unlock --json` answers, as far as the tests look at it.
struct UnlockAnswer: Decodable {
  struct Lock: Decodable {
    var outcome: String
    var outcomeReason: String
    var id: String
    var verdict: String?
  }
  struct Sighting: Decodable {
    var kind: String
    var reason: String
  }
  struct JournalEnd: Decodable {
    var path: String
    var head: String
  }
  var messageType: String
  var dryRun: Bool
  var interrupted: Bool
  var counts: [String: Int]
  var locks: [Lock]
  var sightings: [Sighting]
  var journal: JournalEnd?
  var errors: [String]

  func ids(_ outcome: String) -> Set<String> { Set(locks.filter { $0.outcome == outcome }.map(\.id)) }
}

/// A line of `journal --json`.
struct RemovalView: Decodable {
  var id: String
  var outcome: String?
  var restored: Bool
}

/// A reslock that keeps its journal in one place over several runs.
struct Unlocking: Sendable {
  let repository: ScenarioRepository
  let journal: String

  init(_ repository: ScenarioRepository, journal: String? = nil) {
    self.repository = repository
    self.journal = journal ?? repository.folder.path("journal.jsonl")
  }

  func run(_ arguments: [String], launcher: [String] = []) async throws -> ProcessResult {
    let isAboutJournal = arguments.first == "journal"
    return try await ReslockBinary.run(
      arguments + ["--journal", journal], repository: isAboutJournal ? nil : repository.url,
      launcher: launcher)
  }

  @discardableResult
  func unlock(
    _ flags: [String] = [], launcher: [String] = [], exitCode: Int32 = 0
  ) async throws -> UnlockAnswer {
    try await run(["unlock", "--json"] + flags, launcher: launcher).answer(exitCode: exitCode)
  }

  func removals() async throws -> [RemovalView] {
    let result = try await run(["journal", "list", "--json"])
    try #require(result.exitCode == 0, "\(result.what)")
    return try result.stdout.split(separator: "\n").map {
      try JSONDecoder.snakeCase.decode(RemovalView.self, from: Data($0.utf8))
    }
  }

  /// The bytes that the journal holds, read without reslock: its lines are JSON, whole ones end in a line break.
  func recordedBytes() throws -> [String: Data] {
    let text = try Data(contentsOf: URL(fileURLWithPath: journal))
    var bytes: [String: Data] = [:]
    for line in text.split(separator: UInt8(ascii: "\n")) {
      guard let value = try? JSONSerialization.jsonObject(with: line) as? [String: Any],
        value["type"] as? String == "removal", let lock = value["lock"] as? [String: Any],
        let id = lock["id"] as? String, let base64 = value["bytes"] as? String
      else { continue }
      bytes[id] = Data(base64Encoded: base64)
    }
    return bytes
  }

  func verify() async throws -> ProcessResult { try await run(["journal", "verify"]) }
}

extension ScenarioRepository {
  /// A PID that no process has: above what kernels give out, or next to its end.
  static let freePIDs: ClosedRange<Int64> = 4_190_000...4_194_000

  /// The bytes of every file in `locks/`.
  func lockBytes() throws -> [String: Data] {
    let names = try FileManager.default.contentsOfDirectory(atPath: locks.path)
    return try Dictionary(
      uniqueKeysWithValues: names.map { ($0, try Data(contentsOf: locks.appendingPathComponent($0))) })
  }
}
