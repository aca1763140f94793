internal import HostFacts
internal import ResticCrypto
internal import ResticFormat
package import ResticLocks
package import ResticStorage
internal import WallTime

/// Collects all that a repository tells about its locks, changing nothing.
///
/// What can't be read is noted, and hides nothing else.
package struct AuditCollector: Sendable {
  let keeper: EvidenceKeeper
  let versions: (any LockVersionHistory)?
  let includesKeys: Bool

  package init(
    keeper: EvidenceKeeper, versions: (any LockVersionHistory)? = nil, includesKeys: Bool = false
  ) {
    self.keeper = keeper
    self.versions = versions
    self.includesKeys = includesKeys
  }

  /// Adds to the facts what the repository holds, after a look at the locks that was made through the keeper.
  ///
  /// Without the repository's key, locks of the past and snapshots stay unopened.
  package func collect(
    _ facts: inout AuditFacts, _ inspection: Inspection, _ opened: OpenedRepository?
  ) async {
    facts.location = inspection.location
    facts.repositoryName = inspection.name
    facts.repositoryID = opened?.config.id ?? inspection.config?.id
    facts.repositoryVersion = opened?.config.version ?? inspection.config?.version
    facts.isWithoutKey = opened == nil
    facts.vanishedNames = inspection.vanishedNames
    facts.config = keeper.config
    facts.configSHA256 = inspection.configSHA256 ?? keeper.config.map(SHA256.hex)
    facts.configModified = (try? await keeper.stat(.config))?.modified
    if opened == nil {
      facts.note(
        missing: "locks and snapshots could not be opened: there is no password, or none that fits",
        isFailure: false)
    }
    await collectLocks(&facts, inspection, opened)
    await collectVersions(&facts, opened)
    await collectKeys(&facts)
    await collectSnapshots(&facts, opened)
  }

  private func collectLocks(
    _ facts: inout AuditFacts, _ inspection: Inspection, _ opened: OpenedRepository?
  ) async {
    let keeper = keeper
    let decoder = opened.map { LockFileDecoder(key: $0.key, repositoryVersion: $0.config.version) }
    let unread = inspection.assessments.map(\.lock)
      .filter { keeper.lock($0.name) == nil && ($0.id != nil ? opened == nil : true) && $0.byteCount > 0 }
    let wanted = unread.filter { $0.byteCount <= Int64(ReadingLimits.lockByteCount) }
    let strays = wanted.filter { $0.id == nil }.prefix(AuditLimits.strayCount)
    let files = wanted.filter { $0.id != nil } + strays
    if unread.count > files.count {
      facts.note(
        missing: "\(unread.count - files.count) files in locks/ were not read: they are too large or too many"
      )
    }
    let failures = await concurrentMap(files, width: ReadingLimits.concurrentRequests) { file -> String? in
      do {
        _ = try await keeper.read(
          .entry(folder: .locks, name: file.name), byteLimit: ReadingLimits.lockByteCount)
        return nil
      } catch {
        return "\(error)"
      }
    }
    for failure in failures.compactMap({ $0 }) { facts.note(missing: failure) }
    facts.locks.reserveCapacity(inspection.assessments.count)
    var droppedCount = 0
    for assessment in inspection.assessments {
      let lock = audited(assessment, decoder)
      if lock.defect?.kind == .unreadable {
        facts.note(missing: "locks/\(lock.name): \(lock.defect?.message ?? "")")
      } else if lock.bytes == nil, lock.byteCount > 0 {
        droppedCount += 1
      }
      facts.locks.append(lock)
    }
    if droppedCount > 0, unread.count == files.count {
      facts.note(missing: "the bytes of \(droppedCount) files in locks/ are not in the evidence")
    }
    facts.listings.append(
      await listing(
        .locks, inspection.assessments.map { ($0.lock.byteCount, $0.lock.modified) }))
  }

  private func audited(_ assessment: Assessment, _ decoder: LockFileDecoder?) -> AuditedLock {
    let lock = assessment.lock
    let bytes =
      lock.byteCount == 0 && lock.defect?.kind == .empty ? [] : keeper.lock(lock.id?.hex ?? lock.name)
    let isUnauthentic = lock.record == nil && lock.defect?.isAuthentic == false
    var command: [String]?
    if let process = assessment.evidence?.process, process.state == .alive,
      case .readable(let arguments) = process.process?.commandLine
    {
      command = arguments
    }
    return AuditedLock(
      name: lock.name, id: lock.id, origin: .repository, byteCount: lock.byteCount, modified: lock.modified,
      sha256: bytes.map(SHA256.hex), bytes: bytes, record: lock.record, defect: lock.defect,
      unauthenticated: isUnauthentic ? bytes.flatMap { decoder?.unauthenticatedRecord(of: $0) } : nil,
      verdict: assessment.verdict, rule: assessment.rule, reasons: assessment.reasons,
      holderCommand: command)
  }

  /// Locks of the past, where the storage keeps them.
  private func collectVersions(_ facts: inout AuditFacts, _ opened: OpenedRepository?) async {
    guard let versions else {
      facts.note(
        missing:
          "no past versions of locks were read, as this storage keeps none or we can't read them there: what was "
          + "refreshed or removed before is known only from the journal, from logs and from earlier evidence",
        isFailure: false)
      return
    }
    let all: [LockVersion]
    do {
      all = try await versions.lockVersions(limit: AuditLimits.versionCount)
    } catch {
      facts.note(
        missing: error.kind == .notFound
          ? "past versions of locks were never kept here" : "past versions of locks: \(error)",
        isFailure: error.kind != .notFound)
      return
    }
    facts.history = versions.keepsWholePast ? .complete : .partial
    let deletions = Dictionary(grouping: all.filter(\.isDeletion), by: \.name)
    let past = all.filter { !$0.isDeletion && !$0.isCurrent }
    let read = await concurrentMap(past, width: ReadingLimits.concurrentRequests) { version in
      do throws(StorageError) {
        return Result<[UInt8], StorageError>.success(
          try await versions.read(version, byteLimit: ReadingLimits.lockByteCount))
      } catch {
        return .failure(error)
      }
    }
    let decoder = opened.map { LockFileDecoder(key: $0.key, repositoryVersion: $0.config.version) }
    for (version, result) in zip(past, read) {
      let deletion = deletions[version.name]?.filter { $0.time >= version.time }.min { $0.time < $1.time }
      let removal = deletion.map {
        AuditedLock.Removal(time: $0.time, by: $0.actor, ground: .deletion)
      }
      switch result {
      case .failure(let error):
        facts.history = .partial
        facts.note(missing: "version \(version.versionID) of locks/\(version.name): \(error)")
      case .success(let bytes):
        let id = ObjectID(hex: version.name)
        let content = id.flatMap { id in decoder?.decode(bytes, name: id) }
        facts.locks.append(
          AuditedLock(
            name: version.name, id: id, origin: .version(version.versionID), byteCount: Int64(bytes.count),
            modified: version.time, sha256: SHA256.hex(bytes), bytes: bytes, record: content?.record,
            defect: content?.defect, removed: removal))
      }
    }
  }

  private func collectKeys(_ facts: inout AuditFacts) async {
    let entries: [FileEntry]
    do {
      entries = try await keeper.list(.keys, limit: ReadingLimits.listing)
    } catch {
      facts.note(missing: "the key files: \(error)", isFailure: error.kind != .notFound)
      return
    }
    facts.listings.append(await listing(.keys, entries.map { ($0.byteCount, $0.modified) }))
    let files = entries.filter { ObjectID(hex: $0.name) != nil }.sorted { $0.name < $1.name }
    if files.count > AuditLimits.keyCount {
      facts.note(missing: "\(files.count - AuditLimits.keyCount) of \(files.count) key files were left out")
    }
    let (keeper, includesKeys) = (keeper, includesKeys)
    facts.keys = await concurrentMap(
      Array(files.prefix(AuditLimits.keyCount)), width: ReadingLimits.concurrentRequests
    ) { entry in
      var (problem, bytes): (String?, [UInt8]?) = (nil, nil)
      var file: KeyFile?
      do {
        let content = try await keeper.read(
          .entry(folder: .keys, name: entry.name), byteLimit: ReadingLimits.keyFileByteCount)
        bytes = content
        file = try KeyFile.parse(content, name: ObjectID(hex: entry.name))
      } catch {
        problem = "\(error)"
      }
      return AuditedKey(
        id: entry.name, modified: entry.modified, byteCount: entry.byteCount, created: file?.created.text,
        username: file?.username, hostname: file?.hostname, parameters: file.map { ($0.N, $0.r, $0.p) },
        problem: problem, bytes: includesKeys ? bytes : nil)
    }
    for key in facts.keys {
      if let problem = key.problem { facts.note(missing: "key \(key.id.prefix(8)): \(problem)") }
    }
  }

  private func collectSnapshots(_ facts: inout AuditFacts, _ opened: OpenedRepository?) async {
    var entries: [FileEntry]
    do {
      entries = try await keeper.list(.snapshots, limit: 1 << 20)
    } catch {
      facts.note(missing: "the snapshots: \(error)", isFailure: error.kind != .notFound)
      return
    }
    facts.listings.append(await listing(.snapshots, entries.map { ($0.byteCount, $0.modified) }))
    guard let opened else { return }
    entries = entries.filter { ObjectID(hex: $0.name) != nil }
      .sorted { ($0.modified, $0.name) > ($1.modified, $1.name) }
    if entries.count > AuditLimits.snapshotCount {
      facts.note(
        missing: "\(entries.count - AuditLimits.snapshotCount) of the older snapshots were left out",
        isFailure: false)
    }
    let keeper = keeper
    let decoder = SnapshotFileDecoder(key: opened.key, repositoryVersion: opened.config.version)
    let results = await concurrentMap(
      Array(entries.prefix(AuditLimits.snapshotCount)), width: ReadingLimits.concurrentRequests
    ) { entry -> Result<AuditedSnapshot, UnreadSnapshot> in
      guard let id = ObjectID(hex: entry.name) else { return .failure(UnreadSnapshot(reason: "")) }
      do {
        let bytes = try await keeper.read(
          .entry(folder: .snapshots, name: entry.name), byteLimit: AuditLimits.snapshotByteCount)
        return .success(
          AuditedSnapshot(
            id: id, modified: entry.modified, byteCount: entry.byteCount,
            record: try decoder.decode(bytes, name: id)))
      } catch {
        return .failure(UnreadSnapshot(reason: "snapshot \(id.short): \(error)"))
      }
    }
    for result in results {
      switch result {
      case .success(let snapshot): facts.snapshots.append(snapshot)
      case .failure(let unread): facts.note(missing: unread.reason)
      }
    }
  }

  private struct UnreadSnapshot: Error { let reason: String }

  private func listing(
    _ folder: RepositoryFolder, _ files: [(byteCount: Int64, modified: UnixTime?)]
  ) async -> AuditedListing {
    let times = files.compactMap(\.modified)
    return AuditedListing(
      folder: folder.rawValue, entryCount: files.count,
      byteCount: files.reduce(0) { $0.addingReportingOverflow(max($1.byteCount, 0)).partialValue },
      lastChange: await keeper.lastChange(of: folder), oldest: times.min(), newest: times.max())
  }
}

/// Newest first; files without a time last.
private func > (left: (UnixTime?, String), right: (UnixTime?, String)) -> Bool {
  let (leftTime, rightTime) = (left.0 ?? UnixTime(seconds: .min), right.0 ?? UnixTime(seconds: .min))
  return leftTime == rightTime ? left.1 > right.1 : leftTime > rightTime
}
