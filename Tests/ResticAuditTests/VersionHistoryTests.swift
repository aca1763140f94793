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

  private func facts(_ kept: KeptVersions) async throws -> AuditFacts {
    let keeper = EvidenceKeeper(keeping: LocalStorage(path: forge.url.path))
    let config = try await keeper.read(.config, byteLimit: 1 << 20)
    let opened = try await RepositoryOpener(storage: keeper).open(.masterKey(forge.masterKey), config: config)
    var facts = Past().facts
    await AuditCollector(keeper: keeper, versions: kept).collect(
      &facts, Inspection(location: "/srv/repo", config: opened.config), opened)
    return facts
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
