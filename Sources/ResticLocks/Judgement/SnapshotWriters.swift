internal import ResticFormat
package import ResticStorage
internal import WallTime

/// Who wrote the newest snapshots, which tells what a shared lock of theirs is likely there for.
package struct SnapshotWriters: Sendable {
  private struct Snapshot: Sendable {
    let id: ObjectID
    let record: SnapshotRecord
    let written: UnixTime?
  }

  private static let countLimit = 100
  private static let byteLimit = 1 << 20

  private let snapshots: [Snapshot]

  /// Reads the newest snapshots by their files' times, a hundred at most; one that can't be read is left out.
  package init(readingFrom storage: any Storage, _ opened: OpenedRepository) async {
    let entries = (try? await storage.list(.snapshots, limit: ReadingLimits.listing)) ?? []
    let beginning = UnixTime(seconds: .min)
    let newest = entries.filter { ObjectID(hex: $0.name) != nil }
      .sorted { ($0.modified ?? beginning) > ($1.modified ?? beginning) }
    let decoder = SnapshotFileDecoder(key: opened.key, repositoryVersion: opened.config.version)
    snapshots = await concurrentMap(
      Array(newest.prefix(Self.countLimit)), width: ReadingLimits.concurrentRequests
    ) { entry -> Snapshot? in
      guard let id = ObjectID(hex: entry.name),
        let bytes = try? await storage.read(
          .entry(folder: .snapshots, name: entry.name), byteLimit: Self.byteLimit),
        let record = try? decoder.decode(bytes, name: id)
      else { return nil }
      return Snapshot(id: id, record: record, written: entry.modified ?? record.backupEnd?.instant)
    }.compactMap(\.self)
  }

  /// What the lock is likely there for: what itself says of it, or a backup where its holder writes snapshots.
  package func purpose(of assessment: Assessment) -> LockPurpose? {
    if let known = assessment.purpose { return known }
    guard let record = assessment.lock.record else { return nil }
    let own = snapshots.filter {
      $0.record.hostname == record.hostname && $0.record.username == record.username
    }
    guard !own.isEmpty else { return nil }
    let refreshed = record.time.instant
    let beside = own.first { snapshot in
      guard let written = snapshot.written else { return false }
      let begun = (snapshot.record.backupStart ?? snapshot.record.time).instant
      return begun <= refreshed.adding(seconds: LockTimings.refreshIntervalSeconds) && refreshed <= written
    }
    if let beside {
      return LockPurpose(
        operation: "backup", confidence: .likely,
        basis: "snapshot \(beside.id.short) of the same host and user was being written when it was refreshed"
      )
    }
    return LockPurpose(
      operation: "backup", confidence: .possible,
      basis: "the same host and user wrote \(own.count) of the \(snapshots.count) newest snapshots")
  }
}
