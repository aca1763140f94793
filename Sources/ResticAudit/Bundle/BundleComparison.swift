package import ResticFormat
package import ResticLocks
package import WallTime

/// The locks of one look as a report has them, as far as a comparison needs them.
package struct ComparedLook: Sendable {
  package struct Lock: Sendable {
    package let name: String
    package let sha256: String?
    package let modified: UnixTime?
    package let record: LockRecord?
  }

  package let time: UnixTime
  package let repositoryID: String?
  package let configSHA256: String?
  package let locks: [Lock]

  /// Reads `report.json`; `nil` for another document.
  package init?(report: JSONValue) {
    guard report["message_type"]?.stringValue == "audit_report",
      let time = report["time"]?.stringValue.flatMap(LockTime.init(parsing:)),
      let locks = report["locks"]?.arrayValue
    else { return nil }
    self.time = time.instant
    repositoryID = report["repository"]?["id"]?.stringValue
    configSHA256 = report["repository"]?["config_sha256"]?.stringValue
    self.locks = locks.compactMap { lock in
      guard let name = lock["id"]?.stringValue, lock["source"]?.stringValue == "repository" else {
        return nil
      }
      return Lock(
        name: name, sha256: lock["sha256"]?.stringValue,
        modified: lock["modified"]?.stringValue.flatMap(LockTime.init(parsing:))?.instant,
        record: Self.record(lock))
    }
  }

  package init(_ facts: AuditFacts) {
    time = facts.clocks.now
    repositoryID = facts.repositoryID
    configSHA256 = facts.configSHA256
    locks = facts.locks.filter(\.isPresent).map {
      Lock(name: $0.name, sha256: $0.sha256, modified: $0.modified, record: $0.record)
    }
  }

  /// Whether both are of one repository, as far as either knows.
  package func isOfSameRepository(_ other: ComparedLook) -> Bool {
    if let repositoryID, let id = other.repositoryID { return repositoryID == id }
    return configSHA256 != nil && configSHA256 == other.configSHA256
  }

  private static func record(_ lock: JSONValue) -> LockRecord? {
    guard let time = lock["time"]?.stringValue.flatMap(LockTime.init(parsing:)),
      let isExclusive = lock["exclusive"]?.boolValue, let pid = lock["pid"]?.integerValue
    else { return nil }
    return LockRecord(
      time: time, isExclusive: isExclusive, hostname: lock["hostname"]?.stringValue ?? "",
      username: lock["username"]?.stringValue ?? "", pid: pid,
      uid: UInt32(clamping: lock["uid"]?.integerValue ?? 0),
      gid: UInt32(clamping: lock["gid"]?.integerValue ?? 0))
  }
}

/// What became of the locks between two looks.
package struct BundleComparison: Sendable {
  package enum Change: String, Sendable, CaseIterable {
    /// There now, of a holder that had no lock before.
    case appeared
    /// Its holder wrote a newer one in its place.
    case refreshed
    /// Gone, and its holder has none now.
    case vanished
    /// The same name, other bytes.
    case changed
    case unchanged
  }

  package struct Item: Sendable {
    package let change: Change
    package let name: String
    /// The newer lock of the same holder.
    package let newer: String?
    package let record: LockRecord?
  }

  package let earlier: ComparedLook
  package let later: ComparedLook
  /// In the order of the changes, then of the names.
  package let items: [Item]

  package init(_ earlier: ComparedLook, _ later: ComparedLook) {
    self.earlier = earlier
    self.later = later
    let before = Dictionary(earlier.locks.map { ($0.name, $0) }) { first, _ in first }
    let after = Dictionary(later.locks.map { ($0.name, $0) }) { first, _ in first }
    let newByHolder = Dictionary(
      grouping: later.locks.filter { before[$0.name] == nil && $0.record != nil },
      by: { $0.record.map(LineageKey.init) })
    var items: [Item] = []
    var replacements: Set<String> = []
    for lock in earlier.locks {
      if let now = after[lock.name] {
        let isSame = lock.sha256 == nil || now.sha256 == nil || lock.sha256 == now.sha256
        items.append(
          Item(
            change: isSame ? .unchanged : .changed, name: lock.name, newer: nil,
            record: now.record ?? lock.record))
        continue
      }
      let newer = lock.record.flatMap { record in
        newByHolder[LineageKey(record)]?.filter {
          ($0.record?.time.instant ?? record.time.instant) >= record.time.instant
        }
        .max { ($0.record?.time.instant.seconds ?? 0) < ($1.record?.time.instant.seconds ?? 0) }
      }
      if let newer { replacements.insert(newer.name) }
      items.append(
        Item(
          change: newer == nil ? .vanished : .refreshed, name: lock.name, newer: newer?.name,
          record: lock.record))
    }
    for lock in later.locks where before[lock.name] == nil && !replacements.contains(lock.name) {
      items.append(Item(change: .appeared, name: lock.name, newer: nil, record: lock.record))
    }
    let order = Dictionary(uniqueKeysWithValues: Change.allCases.enumerated().map { ($1, $0) })
    self.items = items.sorted {
      (order[$0.change] ?? 0, $0.name) < (order[$1.change] ?? 0, $1.name)
    }
  }

  package func count(_ change: Change) -> Int { items.count { $0.change == change } }

  package var json: JSONValue {
    .object([
      ("message_type", .string("audit_comparison")), ("schema_version", .integer(1)),
      ("earlier", .string(earlier.time.rfc3339)), ("later", .string(later.time.rfc3339)),
      ("same_repository", .bool(earlier.isOfSameRepository(later))),
      ("counts", .object(Change.allCases.map { ($0.rawValue, .integer(Int64(count($0)))) })),
      (
        "locks",
        .array(
          items.map { item in
            .object([
              ("id", .string(item.name)), ("change", .string(item.change.rawValue)),
              ("newer", .optional(item.newer)), ("hostname", .optional(item.record?.hostname)),
              ("username", .optional(item.record?.username)), ("pid", .optional(item.record?.pid)),
              ("exclusive", item.record.map { .bool($0.isExclusive) } ?? .null),
              ("time", .optional(item.record?.time.text)),
            ])
          })
      ),
    ])
  }

  /// For people; what did not change is only counted.
  package var lines: [String] {
    var lines = [
      "Between \(ReportText.time(earlier.time)) and \(ReportText.time(later.time)) UTC: "
        + Change.allCases.map { "\(count($0)) \($0.rawValue)" }.joined(separator: ", ") + "."
    ]
    if !earlier.isOfSameRepository(later) {
      lines.append("These are not of the same repository, as far as is known.")
    }
    for item in items where item.change != .unchanged {
      let holder =
        item.record.map { "\(ReportText.kind($0.isExclusive)), \(ReportText.holder($0))" }
        ?? "no holder known"
      lines.append(
        "\(item.change.rawValue): \(ReportText.short(item.name, 12)), \(holder)"
          + (item.newer.map { ", now \(ReportText.short($0, 12))" } ?? ""))
    }
    return lines
  }
}

extension AuditFacts {
  /// Adds the locks that an earlier look saw and that are gone now.
  package mutating func add(_ earlier: ComparedLook) {
    let known = Set(locks.map(\.name))
    for lock in earlier.locks where !known.contains(lock.name) {
      locks.append(
        AuditedLock(
          name: lock.name, id: ObjectID(hex: lock.name), origin: .earlier, byteCount: 0,
          modified: lock.modified, sha256: lock.sha256, record: lock.record,
          reasons: ["seen \(earlier.time.rfc3339), and gone since"]))
    }
  }
}
