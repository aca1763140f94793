/// Something a user runs restic for, with the lock that restic takes for it: a command, or a variant of one.
package struct ResticOperation: Sendable, CustomStringConvertible {
  /// A flag that decides which lock a command takes.
  package enum Flag: String, Sendable, CaseIterable {
    case fromRepository = "--from-repo"
    case forget = "--forget"
    case dryRun = "--dry-run"
  }

  /// The words before the flags: `repair index`.
  package let command: String
  package let flags: [Flag]
  let aliases: [String]
  /// `nil` while the operation doesn't exist.
  let history: VersionTimeline<LockNeed?>
  let noLock: VersionTimeline<NoLockEffect>
  /// The name that the newest restic has for it, where this one is its former name.
  let renamedTo: String?
  package private(set) var usesNoLock = false

  init(
    _ command: String, _ flags: [Flag] = [], takes history: VersionTimeline<LockNeed?>,
    noLock: VersionTimeline<NoLockEffect> = VersionTimeline(.ignored), aliases: [String] = [],
    renamedTo: String? = nil
  ) {
    self.command = command
    self.flags = Flag.allCases.filter(flags.contains)
    self.aliases = aliases
    self.history = history
    self.noLock = noLock
    self.renamedTo = renamedTo
  }

  /// What a person types, in one spelling: `forget --dry-run --no-lock`.
  package var name: String {
    ([command] + flags.map(\.rawValue) + (usesNoLock ? ["--no-lock"] : [])).joined(separator: " ")
  }

  package var description: String { name }

  /// Whether it is a command with flags that change its lock, such as `prune --dry-run`.
  package var isVariant: Bool { !flags.isEmpty || usesNoLock }

  /// The same operation with `--no-lock`.
  package var withoutLock: ResticOperation {
    var copy = self
    copy.usesNoLock = true
    return copy
  }

  /// The same operation as its command alone would be, without `--no-lock`.
  package var withLock: ResticOperation {
    var copy = self
    copy.usesNoLock = false
    return copy
  }

  package func exists(in version: ResticVersion) -> Bool { history.value(in: version) != nil }

  /// Which lock it takes in `version`.
  ///
  /// - Throws: ``ResticOperationError/notInVersion(name:version:since:)``, and
  ///   ``ResticOperationError/refusesNoLock(name:version:)`` where restic calls `--no-lock` a usage error.
  package func lock(in version: ResticVersion) throws(ResticOperationError) -> LockNeed {
    guard let lock = history.value(in: version) else {
      throw .notInVersion(name: name, version: version, since: history.firstVersion { $0 != nil })
    }
    guard usesNoLock else { return lock }
    switch noLock.value(in: version) {
    case .ignored: return lock
    case .runsUnlocked: return .none
    case .refused: throw .refusesNoLock(name: name, version: version)
    }
  }

  /// Whether `--no-lock` spares it a lock that it would take in `version`.
  package func canRunWithoutLock(in version: ResticVersion) -> Bool {
    guard let lock = history.value(in: version), lock != .none else { return false }
    return noLock.value(in: version) == .runsUnlocked
  }
}

extension ResticOperation: Hashable {
  package static func == (left: ResticOperation, right: ResticOperation) -> Bool { left.name == right.name }
  package func hash(into hasher: inout Hasher) { hasher.combine(name) }
}
