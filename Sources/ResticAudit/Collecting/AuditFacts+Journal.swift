internal import ResticCrypto
internal import ResticFormat
package import ResticLocks
internal import WallTime

extension AuditFacts {
  /// Adds what our own journal tells of this repository: its removals, and the locks that went by them.
  package mutating func add(_ history: JournalHistory, path: String, of inspection: Inspection) {
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
      locks.append(
        AuditedLock(
          name: removal.name, id: ObjectID(hex: removal.name),
          origin: .journal(sequence: removal.sequence), byteCount: Int64(removal.bytes?.count ?? 0),
          modified: removal.modified, sha256: removal.bytes.map(SHA256.hex), bytes: removal.bytes,
          record: removal.record, reasons: ["removed with the verdict \(removal.verdict)"],
          removed: AuditedLock.Removal(
            time: removal.time, by: removal.askedBy,
            ground: AuditedLock.Removal.Ground(rawValue: removal.ground) ?? .verdict)))
    }
  }
}
