import Foundation
import TestSupport
import Testing

/// What `report.json` says, as far as the tests look at it.
struct AuditReport: Decodable {
  struct Finding: Decodable {
    var kind: String
    var severity: String
    var confidence: String
    var title: String
    var evidence: [String]
    var lockIds: [String]
    var snapshotIds: [String]
  }
  struct Run: Decodable {
    struct Purpose: Decodable {
      var operation: String
      var confidence: String
    }
    var run: String
    var exclusive: Bool
    var hostname: String
    var pid: Int64
    var lockIds: [String]
    var purpose: Purpose?
  }
  struct Lock: Decodable {
    struct Content: Decodable {
      var hostname: String?
      var pid: Int64?
    }
    var id: String
    var source: String
    var verdict: String?
    var unauthenticated: Content?
  }
  struct Snapshot: Decodable { var id: String }
  struct Key: Decodable { var id: String }
  var messageType: String
  var findings: [Finding]
  var missing: [String]
  var runs: [Run]
  var locks: [Lock]
  var snapshots: [Snapshot]
  var keys: [Key]

  func finding(_ kind: String) throws -> Finding {
    try #require(findings.first { $0.kind == kind }, "\(findings.map { "\($0.kind): \($0.title)" })")
  }
}

/// An audit written into a folder.
struct WrittenAudit {
  let folder: URL
  let report: AuditReport
  let result: ProcessResult

  var bundle: URL { folder.appendingPathComponent("evidence.tar") }
  var page: URL { folder.appendingPathComponent("report.html") }

  func text(_ name: String) throws -> String {
    try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
  }

  static func make(
    of repository: ScenarioRepository, _ flags: [String] = [],
    password: String? = TestEnvironment.fixturePassword,
    journal: String? = nil, exitCode: Int32 = 0
  ) async throws -> WrittenAudit {
    let folder = repository.folder.url.appendingPathComponent("audit-\(UUID().uuidString)")
    let result = try await ReslockBinary.run(
      ["audit", "--output", folder.path, "--journal", journal ?? repository.folder.path("journal.jsonl")]
        + flags,
      repository: repository.url, password: password, timeout: .seconds(1200))
    try #require(result.exitCode == exitCode, "\(result.what): \(result.stdout)")
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let report = try decoder.decode(
      AuditReport.self, from: try Data(contentsOf: folder.appendingPathComponent("report.json")))
    return WrittenAudit(folder: folder, report: report, result: result)
  }
}
