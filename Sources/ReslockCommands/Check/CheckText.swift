internal import HostFacts
internal import ResticFormat
internal import ResticLocks
internal import WallTime

/// What `check` found, in one sentence and with its reasons.
struct CheckText {
  let check: RepositoryCheck

  private static let blockerLimit = 2
  private static let reasonedLimit = 20

  /// One sentence, in one line, foreign text escaped.
  var sentence: String {
    guard check.isComplete else { return unopened }
    var parts: [String] = []
    let runnable = Self.list(check.runnable.map(\.operation.name))
    if !runnable.isEmpty {
      parts.append("\(runnable) can run" + (check.inspection.assessments.isEmpty ? " (no locks)" : ""))
    }
    parts += groups(check.blocked).map { group in
      "\(Self.list(group.names)) \(group.names.count == 1 ? "is" : "are") blocked by \(group.blockers): "
        + group.advice
    }
    parts += groups(check.borne).map { group in
      "\(Self.list(group.names)) has to wait for \(group.blockers), which is no news for "
        + AgeText.text(seconds: check.rules.warningAgeSeconds)
    }
    let inTheWay = Set(check.checks.flatMap(\.blockers).map(\.lock.name))
    let others = check.attention.filter { !inTheWay.contains($0.lock.name) }
    if !others.isEmpty {
      parts.append(
        "\(StatusText.locks(others.count)) \(others.count == 1 ? "needs" : "need") attention: "
          + Self.briefly(others))
    }
    return parts.joined(separator: "; ")
  }

  /// The locks that are in the way or need attention, each with what its verdict rests on.
  func reasons() -> [String] {
    let inTheWay = Set(check.checks.flatMap(\.blockers).map(\.lock.name))
    let shown = check.inspection.assessments.filter {
      $0.verdict != nil && (inTheWay.contains($0.lock.name) || $0.needsAttention)
    }
    let lines = shown.prefix(Self.reasonedLimit).flatMap { assessment in
      [
        "  \(HolderText.shortID(assessment.lock))  \(HolderText.verdict(assessment)): \(TerminalText.escaped(assessment.rule))"
      ] + assessment.reasons.map { "    - \(TerminalText.escaped($0))" }
        + (assessment.nextChange.map { ["    - \(NextChangeText.sentence($0))"] } ?? [])
    }
    let more = shown.count - Self.reasonedLimit
    return more > 0 ? lines + ["  and \(more) more"] : lines
  }

  private var unopened: String {
    let certain = check.checks.filter { $0.forecast.lock == .exclusive && $0.isBlocked }
    let free = check.checks.filter { !$0.isBlocked }
    let open = check.checks.filter { $0.isBlocked && $0.forecast.lock != .exclusive }
    var parts = [StatusText.locks(check.lockCount)]
    if !certain.isEmpty {
      parts.append(
        "\(Self.list(certain.map(\.operation.name))) \(certain.count == 1 ? "is" : "are") blocked for certain"
      )
    }
    if !free.isEmpty { parts.append("\(Self.list(free.map(\.operation.name))) can run") }
    parts.append(
      open.isEmpty
        ? "who holds them only the password tells"
        : "whether \(Self.list(open.map(\.operation.name))) can run only the password tells")
    return parts.joined(separator: ", ")
  }

  private struct Group {
    var names: [String]
    let ids: [ObjectID]
    let blockers: String
    let advice: String
  }

  /// Operations with the same locks in the way share a sentence.
  private func groups(_ checks: [OperationCheck]) -> [Group] {
    var groups: [Group] = []
    for check in checks {
      if let index = groups.firstIndex(where: { $0.ids == check.forecast.blockedBy }) {
        groups[index].names.append(check.operation.name)
      } else {
        groups.append(
          Group(
            names: [check.operation.name], ids: check.forecast.blockedBy,
            blockers: Self.holders(check.blockers), advice: Self.advice(check)))
      }
    }
    return groups
  }

  /// Who is in the way, the first few of them.
  static func holders(_ blockers: [Assessment]) -> String {
    let named = blockers.prefix(blockerLimit).map(holder)
    let more = blockers.count - named.count
    return list(named + (more > 0 ? ["\(more) more"] : []))
  }

  static func holder(_ assessment: Assessment) -> String {
    let lock = assessment.lock
    guard let record = lock.record else {
      return "\(HolderText.withArticle(assessment)) lock file \(HolderText.shortID(lock))"
    }
    let running = assessment.evidence?.process.holder?.runningSeconds.map {
      ", running for \(AgeText.text(seconds: $0))"
    }
    // Of a holder elsewhere nothing but our own looks tells for how long it has been at it.
    let seen = assessment.evidence?.lineage.firstSeenSecondsAgo.flatMap {
      $0 > LockTimings.staleSeconds ? ", seen by us for \(AgeText.text(seconds: $0))" : nil
    }
    let isLive = assessment.holderLife == .live
    return HolderText.holder(record, characterLimit: 32)
      + " (\(HolderText.kind(lock)) lock \(HolderText.shortID(lock)), \(HolderText.verdict(assessment)), "
      + "refreshed \(HolderText.age(assessment)) ago\(isLive ? running ?? seen ?? "" : ""))"
  }

  private static func advice(_ check: OperationCheck) -> String {
    if check.blockers.contains(where: { $0.verdict == .damaged || $0.verdict == .unreadable }) {
      return "restic fails on lock files that it cannot read"
    }
    let isOne = check.blockers.count == 1
    switch check.blockedBy {
    case .live where check.blockers.allSatisfy { $0.holderLife == .live }:
      return isOne ? "wait for it to end" : "wait for them to end"
    case .live: return "one lives and has to end, whatever is unlocked"
    case .dead:
      return isOne
        ? "its holder is gone, and reslock unlock removes the lock"
        : "their holders are gone, and reslock unlock removes the locks"
    case .unknown, nil:
      return
        "whether \(isOne ? "its holder lives" : "their holders live") is not settled; later looks will tell"
    }
  }

  private static func briefly(_ assessments: [Assessment]) -> String {
    let named = assessments.prefix(3).map { "\(HolderText.shortID($0.lock)) \(HolderText.verdict($0))" }
    let more = assessments.count - named.count
    return (named + (more > 0 ? ["\(more) more"] : [])).joined(separator: ", ")
  }

  /// `backup, forget and prune`.
  static func list(_ words: [String]) -> String {
    guard words.count > 1, let last = words.last else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " and " + last
  }
}
