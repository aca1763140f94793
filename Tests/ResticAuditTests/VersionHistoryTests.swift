import Foundation
import ResticAudit
import ResticFormat
import ResticLocks
import ResticStorage
import TestSupport
import Testing
import WallTime

/// A storage that keeps past versions, as a versioned bucket does.
private struct KeptVersions: LockVersionHistory {
  var versions: [LockVersion] = []
  var contents: [String: [UInt8]] = [:]
  var failure: StorageError.Class?
  var keepsWholePast = true

  func lockVersions(limit: Int) async throws(StorageError) -> [LockVersion] {
    if let failure { throw StorageError(failure, action: "cannot list versions", reason: "the test says so") }
    return versions
  }

  func read(_ version: LockVersion, byteLimit: Int) async throws(StorageError) -> [UInt8] {
    guard let content = contents[version.versionID] else {
      throw StorageError(.notAllowed, action: "cannot read \(version.versionID)", reason: "the test says so")
    }
    return content
  }
}

@Suite("Locks of the past that a storage keeps")
struct VersionHistoryTests {
  private let folder: TemporaryFolder
  private let forge: RepositoryForge
  private var kept = KeptVersions()

  /// A run of four locks, five minutes apart and once twenty-five, each deleted after the next was written.
  init() throws {
    folder = try TemporaryFolder("versions")
    forge = try RepositoryForge(at: folder.url.appendingPathComponent("repo"))
    let times = [0.0, 5, 10, 35]
    for (index, minutes) in times.enumerated() {
      let id = try forge.addLock(record: Past.record(minutes, host: "web1"))
      let bytes = try Array(Data(contentsOf: forge.lockURL(id)))
      try forge.removeLock(id)
      kept.contents["v\(index)"] = bytes
      kept.versions.append(
        LockVersion(
          name: id.hex, versionID: "v\(index)", byteCount: Int64(bytes.count), time: Past.at(minutes),
          isDeletion: false, isCurrent: false))
      let end = index + 1 < times.count ? times[index + 1] : 40
      kept.versions.append(
        LockVersion(
          name: id.hex, versionID: "d\(index)", byteCount: 0, time: Past.at(end), isDeletion: true,
          isCurrent: true, actor: "AIDA\(index)"))
    }
  }

  private func opened() async throws -> OpenedRepository {
    let storage = LocalStorage(path: forge.url.path)
    let config = try await storage.read(.config, byteLimit: 1 << 20)
    return try await RepositoryOpener(storage: storage).open(.masterKey(forge.masterKey), config: config)
  }

  private func facts(_ kept: KeptVersions, hasKey: Bool = true) async throws -> AuditFacts {
    let opened = try await opened()
    var facts = Past().facts
    await AuditCollector(
      keeper: EvidenceKeeper(keeping: LocalStorage(path: forge.url.path)), versions: kept
    ).collect(
      &facts, Inspection(location: "/srv/repo", config: hasKey ? opened.config : nil), hasKey ? opened : nil)
    return facts
  }

  /// Adds an old version with other bytes under the name of the first one.
  private func adding(_ contents: [(version: String, bytes: [UInt8])], to kept: KeptVersions) -> KeptVersions
  {
    var kept = kept
    for (version, bytes) in contents {
      kept.contents[version] = bytes
      kept.versions.append(
        LockVersion(
          name: kept.versions[0].name, versionID: version, byteCount: Int64(bytes.count), time: Past.at(-5),
          isDeletion: false, isCurrent: false))
    }
    return kept
  }

  @Test(
    "a bundle keeps each content of one name, is whole with truncated ones, and names the one with a flipped bit",
    arguments: [true, false])
  func otherContents(hasKey: Bool) async throws {
    let whole = try #require(kept.contents["v0"])
    let truncated = Array(whole.prefix(whole.count / 2))
    let kept = adding(
      [("cut", truncated), ("empty", []), ("again", truncated), ("same", whole)], to: kept)
    let analysis = AuditAnalysis(try await facts(kept, hasKey: hasKey))
    let report = Array(ReportDocument(analysis, toolVersion: "0").json.text.utf8)
    let archive = EvidenceBundle(
      analysis, reports: [("report.json", report)], toolVersion: "0", command: "reslock audit"
    ).archive(signature: nil)
    let name = "versions/\(kept.versions[0].name)"
    let opened = try await opened()
    for key in [opened, nil] {
      var verification = BundleVerification(archive)
      verification.checkLocks(key)
      #expect(verification.problems.isEmpty, "\(verification.problems)")
      #expect(verification.content(name) == whole)
      #expect(verification.content("\(name)-2") == truncated)
      #expect(verification.content("\(name)-3") == [] && verification.content("\(name)-4") == nil)
      if key != nil { #expect(verification.sealedLocks?.sound == 4) }
      var start = 0
      for file in verification.files {
        let content = start + 512
        start = content + (file.content.count + 511) / 512 * 512
        guard file.name.hasPrefix("versions/") else { continue }
        var changed = archive
        // Of an empty file there is only the header.
        changed[file.content.isEmpty ? content - 512 + 140 : content + 9] ^= 1
        var found = BundleVerification(changed)
        found.checkLocks(key)
        #expect(found.problems.contains { $0.file == file.name }, "\(file.name): \(found.problems)")
      }
    }
  }

  @Test("a file that was put in the place of a version, with new sums, is not what the report calls sound")
  func forgedVersion() async throws {
    let analysis = AuditAnalysis(try await facts(kept))
    let report = Array(ReportDocument(analysis, toolVersion: "0").json.text.utf8)
    var forged = analysis.facts
    let lock = try #require(forged.locks.first)
    forged.locks[0] = AuditedLock(
      name: lock.name, id: lock.id, origin: lock.origin, byteCount: 3, modified: lock.modified,
      sha256: nil, bytes: [1, 2, 3])
    var verification = BundleVerification(
      EvidenceBundle(
        AuditAnalysis(forged), reports: [("report.json", report)], toolVersion: "0", command: ""
      ).archive(signature: nil))
    verification.checkLocks(try await opened())
    #expect(verification.problems.count == 2, "\(verification.problems)")
    #expect(verification.problems.allSatisfy { $0.file == "versions/\(lock.name)" })
  }

  @Test("every version is opened, and the whole past is a run with its gap and who deleted what")
  func wholePast() async throws {
    let facts = try await facts(kept)
    #expect(facts.history == .complete && facts.locks.count == 4)
    let analysis = AuditAnalysis(facts)
    let run = try #require(analysis.timeline.runs.first)
    #expect(analysis.timeline.runs.count == 1 && run.signs.count == 4)
    #expect(run.removed?.by == "AIDA3" && run.removed?.time == Past.at(40))
    let gap = try #require(analysis.findings.first { $0.kind == .silenceGap })
    #expect(gap.confidence == .certain && gap.severity == .warning)
    #expect(gap.evidence.contains { $0.contains("25m") && $0.contains("beyond 22.5 minutes") })
    // Each refresh ends with a deletion, which is no removal by somebody else.
    #expect(!analysis.findings.contains { $0.kind == .continuedAfterRemoval })
  }

  @Test("a version that can't be read makes the past partial, and is named")
  func unreadableVersion() async throws {
    var kept = kept
    kept.contents["v1"] = nil
    let facts = try await facts(kept)
    #expect(facts.history == .partial && facts.locks.count == 3)
    #expect(facts.missing.contains { $0.contains("version v1") } && facts.hasFailures)
  }

  @Test(
    "versions that may not be listed are missing, and those that never were are no failure",
    arguments: [(StorageError.Class.notAllowed, true), (.notFound, false)])
  func notListed(failure: StorageError.Class, isFailure: Bool) async throws {
    var kept = kept
    kept.failure = failure
    let facts = try await facts(kept)
    #expect(facts.history == .none && facts.hasFailures == isFailure)
    #expect(facts.missing.contains { $0.contains("past versions of locks") })
  }
}
