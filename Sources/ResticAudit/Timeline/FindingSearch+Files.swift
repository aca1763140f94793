internal import LockFailureLogs
internal import ResticFormat
internal import ResticLocks
internal import WallTime

extension FindingSearch {
  /// Files in `locks/` that no restic wrote as they are.
  func strangeFiles() -> [Finding] {
    var found: [Finding] = []
    for kind in LockDefect.Kind.allCases {
      let files = locks.filter { $0.isPresent && $0.defect?.kind == kind }
      guard let first = files.first else { continue }
      found.append(
        kind == .name || kind == .hash || kind == .mac || kind == .json || kind == .encoding
          || kind == .tooShort
          ? damaged(kind, files) : other(kind, files, first))
    }
    return found
  }

  private func damaged(_ kind: LockDefect.Kind, _ files: [AuditedLock]) -> Finding {
    let meaning =
      switch kind {
      case .name:
        "The content is sound and sealed with this repository's key, but the file has another name: it was renamed or "
          + "copied by hand. restic fails on it."
      case .hash:
        "The bytes were changed after the lock was written under its hash: by hand, or by a fault of disk or transfer."
      case .mac:
        "The name is the hash of these bytes, but no holder of the key sealed them: somebody changed the content and "
          + "named the file anew, or it is of another repository."
      case .json: "Sealed with this repository's key, but not by restic: the content is not a lock."
      case .encoding: "Sealed with this repository's key, but wrapped in a way that restic does not know."
      default: "It was cut off: an interrupted upload, or a full disk."
      }
    let evidence = files.map { file in
      var line = "\(file.shortName), \(ReportText.count(Int(clamping: file.byteCount), "byte", "bytes"))"
      if let modified = file.modified { line += ", last changed \(ReportText.time(modified))" }
      line += ": \(file.defect?.message ?? "")"
      if let sha256 = file.sha256, sha256 != file.name { line += "; its SHA-256 is \(sha256.prefix(16))…" }
      if let record = file.record {
        line +=
          "; it says: \(ReportText.kind(record.isExclusive)), \(ReportText.holder(record)), \(record.time.text)"
      } else if let record = file.unauthenticated {
        line +=
          "; what can still be read, though nothing vouches for it: \(ReportText.kind(record.isExclusive)), "
          + "\(ReportText.holder(record)), \(ReportText.short(record.time.text, 40))"
      } else {
        line += file.defect?.isAuthentic == true ? "" : "; nothing in it can be read"
      }
      return line
    }
    return Finding(
      .damagedLock, .warning, .certain,
      title:
        "\(ReportText.count(files.count, "lock is", "locks are")) not as restic wrote \(files.count == 1 ? "it" : "them"): \(title(kind))",
      explanation: meaning, evidence: Finding.limited(evidence),
      lockNames: files.map(\.name), from: files.compactMap(\.modified).min(),
      to: files.compactMap(\.modified).max())
  }

  private func title(_ kind: LockDefect.Kind) -> String {
    switch kind {
    case .name: "the name is another's"
    case .hash: "the bytes were changed"
    case .mac: "the authentication code is wrong"
    case .json, .encoding: "the content is no lock"
    default: "cut off"
    }
  }

  private func other(_ kind: LockDefect.Kind, _ files: [AuditedLock], _ first: AuditedLock) -> Finding {
    let times = files.compactMap(\.modified)
    let lines = files.map { file in
      "\(file.shortName), \(file.byteCount) bytes"
        + (file.modified.map { ", \(ReportText.time($0))" } ?? "") + ": \(file.defect?.message ?? "")"
    }
    let (finding, severity, what, meaning): (Finding.Kind, Finding.Severity, String, String) =
      switch kind {
      case .empty:
        (
          .emptyLock, .notice, ReportText.count(files.count, "lock is empty", "locks are empty"),
          "Their writer was interrupted, or the disk was full. restic 0.15.1 and later ignore them."
        )
      case .unreadable:
        (
          .unreadableLock, .warning,
          ReportText.count(files.count, "lock could not be read", "locks could not be read"),
          "What they say is not known, and restic fails on them."
        )
      default:
        (
          .strayFile, .notice,
          ReportText.count(files.count, "file in locks/ is no lock", "files in locks/ are no locks"),
          "Temporary files of interrupted uploads, and what other programs leave. restic does not see them."
        )
      }
    return Finding(
      finding, severity, .certain, title: what, explanation: meaning, evidence: Finding.limited(lines),
      lockNames: files.map(\.name), from: times.min(), to: times.max())
  }

  /// Locks whose holder is gone: by holder, as many of one tell more than their number.
  func leftBehind() -> [Finding] {
    let stale = locks.indices.filter { locks[$0].isPresent && locks[$0].verdict?.isStale == true }
    let groups = Dictionary(grouping: stale) { locks[$0].record.map(LineageKey.init) }
    var found: [Finding] = []
    var single: [AuditedLock] = []
    for (_, indices) in groups.sorted(by: { ($0.value.first ?? 0) < ($1.value.first ?? 0) }) {
      let files = indices.map { locks[$0] }
      guard files.count >= 3, let record = files.first?.record else {
        single += files
        continue
      }
      let times = files.compactMap { $0.record?.time.instant }.sorted()
      found.append(leftovers(files, record, times))
    }
    if !single.isEmpty {
      let times = single.compactMap { $0.record?.time.instant }
      found.append(
        Finding(
          .staleLock, .notice, .certain,
          title:
            "\(ReportText.count(single.count, "lock was", "locks were")) left behind by holders that are gone",
          explanation: "reslock unlock removes them; reslock show says for each what that rests on.",
          evidence: Finding.limited(
            single.map { lock in
              "\(lock.shortName), \(lock.record.map(ReportText.holder) ?? ""), last refreshed "
                + "\(lock.record.map { ReportText.time($0.time.instant) } ?? ""): \(lock.verdict?.rawValue ?? "")"
                + (lock.reasons.first.map { ", \($0)" } ?? "")
            }), lockNames: single.map(\.name), from: times.min(), to: times.max()))
    }
    return Self.summed(found, "more holders left several locks behind")
  }

  private func leftovers(_ files: [AuditedLock], _ record: LockRecord, _ times: [UnixTime]) -> Finding {
    let gaps = zip(times.dropFirst(), times).map { $0.secondsSince($1) }.sorted()
    let middle = gaps.isEmpty ? 0 : gaps[gaps.count / 2]
    let isRegular = gaps.count { abs($0 - middle) <= max(middle * 0.1, 60) } * 4 >= gaps.count * 3
    let isRefresh = abs(middle - LockTimings.refreshIntervalSeconds) <= 60
    let cadence =
      isRefresh
      ? "They follow each other at the beat of restic's refreshes: one run could write new locks and not delete the "
        + "old ones. See that it may delete in locks/."
      : isRegular
        ? "They follow each other every \(ReportText.age(middle)): a job that starts as often, and each time ends "
          + "without removing its lock - killed, out of memory, or not allowed to delete."
        : "They follow no regular beat."
    return Finding(
      .leftovers, .warning, .certain,
      title: "\(files.count) locks of \(ReportText.holder(record)) were left behind", explanation: cadence,
      evidence: [
        "first \(times.first.map(ReportText.time) ?? ""), last \(times.last.map(ReportText.time) ?? ""), "
          + "\(ReportText.age(middle)) apart in the middle of their order",
        record.pid <= AuditTimeline.highestRepeatedPID
          ? "PID \(record.pid) is one that containers use again and again: they are likely of as many runs"
          : "PID \(record.pid) is seldom given twice",
      ], lockNames: files.map(\.name), from: times.first, to: times.last)
  }

  /// What logs tell about locks.
  func logFailures() -> [Finding] {
    guard let logs = facts.logs else { return [] }
    return Self.summed(logs.groups.map(failure), "more failures are in the logs")
  }

  private func failure(_ group: LockFailureGroup) -> Finding {
    let holder = group.holder.map { holder in
      "\(ReportText.short(holder.username, 32))@\(ReportText.short(holder.hostname, 40)) (PID \(holder.pid))"
    }
    let run = group.holder.flatMap { holder in
      runs.last { run in
        run.record.hostname == holder.hostname && run.record.pid == holder.pid
          && run.isExclusive == holder.isExclusive
      }
    }
    let ids = Set(group.lockIDs)
    let matched = locks.filter { lock in ids.contains { lock.name.hasPrefix($0) && $0.utf8.count >= 8 } }
    let (severity, what): (Finding.Severity, String) =
      switch group.kind {
      case .removedWhileHeld: (.alarm, "restic found its own lock removed while it was at work")
      case .notRefreshed: (.warning, "a run could not refresh its lock")
      case .damagedLock: (.warning, "restic failed on a damaged lock")
      case .unreadableLock: (.warning, "restic could not read a lock")
      case .notCreated: (.warning, "restic could not write its lock")
      case .notRemoved: (.warning, "restic could not remove its own lock")
      case .locked: (.notice, "runs were refused because of \(holder ?? "another's lock")")
      case .waiting: (.notice, "runs waited for a lock")
      }
    var evidence = [
      "\(ReportText.count(group.count, "time", "times")), from \(group.firstSeen?.text ?? "an unknown time") to \(group.lastSeen?.text ?? "an unknown time")"
    ]
    let file =
      facts.logNames.indices.contains(group.firstLine.file) ? facts.logNames[group.firstLine.file] : "-"
    evidence.append("first in \(ReportText.short(file, 80)), line \(group.firstLine.line)")
    for command in group.runs.prefix(8) {
      guard let name = command.command?.operation else { continue }
      evidence.append(
        "\(ReportText.short(name, 40)): \(ReportText.count(command.count, "failure", "failures"))")
    }
    if !group.detail.isEmpty { evidence.append("restic's words: \(ReportText.short(group.detail, 200))") }
    if let run { evidence.append(sentence(run)) }
    return Finding(
      .logFailure, severity, group.kind == .removedWhileHeld ? .certain : .likely, title: what,
      explanation: group.kind == .removedWhileHeld
        ? "restic 0.16 and later stop then. Whatever removed the lock did so while its holder was alive."
        : "reslock explain reads the same logs in more detail.",
      evidence: evidence,
      unknown: group.holder != nil && run == nil ? "No lock of that holder is known here any more." : "",
      lockNames: matched.map(\.name), from: instant(group.firstSeen), to: instant(group.lastSeen))
  }

  private func instant(_ time: DatedTime?) -> UnixTime? {
    guard let time = time?.time, time.offsetSeconds != nil else { return nil }
    return UnixTime(secondsSinceEpoch: time.instant)
  }
}
