internal import ResticCrypto
internal import ResticFormat
package import ResticLocks
internal import WallTime

extension AuditFacts {
  /// Adds what our own journal tells of this repository: its removals, and the locks that went by them.
  ///
  /// With the repository's key, the removed bytes are judged anew: the run that removed them may have had none.
  package mutating func add(
    _ history: JournalHistory, path: String, of inspection: Inspection, _ opened: OpenedRepository? = nil
  ) {
    let decoder = opened.map { LockFileDecoder(key: $0.key, repositoryVersion: $0.config.version) }
    journalPath = path
    for problem in history.breaks {
      note(missing: "the journal was changed: line \(problem.lineNumber): \(problem.problem)")
    }
    removals = history.removals.filter { $0.isOf(inspection) }
    let names = Set(removals.map(\.name))
    alarms = history.alarms.filter { names.contains($0.removed) }
    let present = Set(locks.filter(\.isPresent).map(\.name))
    for removal in removals where removal.mayHaveRemoved && !removal.isRestored {
      guard !present.contains(removal.name) else { continue }
      let id = ObjectID(hex: removal.name)
      let content: LockFileContent? =
        if let id, let bytes = removal.bytes { decoder?.decode(bytes, name: id) } else { nil }
      locks.append(
        AuditedLock(
          name: removal.name, id: id,
          origin: .journal(sequence: removal.sequence), byteCount: Int64(removal.bytes?.count ?? 0),
          modified: removal.modified, sha256: removal.bytes.map(SHA256.hex), bytes: removal.bytes,
          record: removal.record ?? content?.record,
          defect: content == nil ? removal.defect : content?.defect,
          reasons: ["removed with the verdict \(removal.verdict)"],
          removed: AuditedLock.Removal(
            time: removal.time, by: removal.askedBy,
            ground: AuditedLock.Removal.Ground(rawValue: removal.ground) ?? .verdict)))
    }
  }
}
