package import ResticFormat
package import WallTime

/// One removal as the journal tells it.
package struct JournalRemoval: Sendable {
  package let sequence: Int64
  package let runID: String
  package let time: UnixTime
  package let repositoryID: String?
  package let configSHA256: String?
  package let location: String
  package let name: String
  package let verdict: String
  package let ground: String
  package let record: LockRecord?
  /// What was wrong with it, as far as the run that removed it could tell.
  package let defect: LockDefect?
  package let modified: UnixTime?
  package let askedBy: String
  /// The removed bytes; `nil` where the record is not whole.
  package let bytes: [UInt8]?
  /// Its name is not the hash of its content.
  var wasMisnamed: Bool { defect?.kind == .hash || defect?.kind == .name }
  /// No newer lock of its holder was there.
  let wasNewestOfHolder: Bool
  /// Locks that were there at its removal and stayed, as far as they conflict with what was removed.
  package fileprivate(set) var besideNames: Set<String> = []
  /// `nil` where the run was interrupted before it could tell.
  package fileprivate(set) var outcome: LockOutcome.Kind?
  package fileprivate(set) var outcomeReason: String?
  /// The storage did not answer whether it removed it.
  package fileprivate(set) var mayBeGone = false
  /// Put back since.
  package fileprivate(set) var isRestored = false

  /// Whether it was removed from the repository that was looked at: by its ID, or by its `config` where that was not
  /// opened, then or now.
  package func isOf(_ inspection: Inspection) -> Bool {
    if let repositoryID, let id = inspection.config?.id { return repositoryID == id }
    return configSHA256 != nil && configSHA256 == inspection.configSHA256
  }

  /// Whether the run said that the file is gone through it, or could not say that it is not.
  package var mayHaveRemoved: Bool { outcome == .removed || outcome == nil || mayBeGone }
}

/// All that a journal holds, read and checked.
package struct JournalHistory: Sendable {
  package private(set) var removals: [JournalRemoval] = []
  package private(set) var breaks: [JournalBreak] = []
  package private(set) var interruptions: [(byteCount: Int, isSealed: Bool)] = []
  package private(set) var alarms: [(removed: String, seen: String, time: UnixTime)] = []
  package private(set) var lineCount = 0
  package private(set) var head: JournalHead?
  private var hashes: Set<String> = []
  private var indexByRunAndName: [String: Int] = [:]
  private var besideNamesByRun: [String: Set<String>] = [:]

  private init() {}

  /// - Parameters:
  ///   - journal: where it is kept.
  ///   - earliest: what is older than this may be left out; `nil` for all there is.
  /// - Throws: ``JournalError`` where it can't be read or is none.
  package init(_ journal: Journal, since earliest: UnixTime? = nil) throws(JournalError) {
    var history = JournalHistory()
    try JournalReader(journal).forEach(since: earliest) { history.add($0) }
    self = history
  }

  /// Whether a line with this hash is in the chain: if not, the journal was cut behind it or is another one.
  package func contains(head hash: String) -> Bool { hashes.contains(hash.lowercased()) }

  private mutating func add(_ item: JournalReader.Item) {
    switch item {
    case .broken(let problem): breaks.append(problem)
    case .interrupted(let byteCount, let isSealed): interruptions.append((byteCount, isSealed))
    case .line(let line):
      lineCount += 1
      hashes.insert(line.hash)
      head = JournalHead(sequence: line.sequence, hash: line.hash)
      guard let value = try? JSONValue.parse(line.bytes) else { return }
      add(line, value)
    }
  }

  private mutating func add(_ line: JournalLine, _ value: JSONValue) {
    let runID = value["run"]?.stringValue ?? ""
    switch value["type"]?.stringValue {
    case "removal":
      guard var removal = JournalRemoval(line, value) else { return }
      removal.besideNames = besideNamesByRun[runID] ?? []
      indexByRunAndName["\(runID)/\(removal.name)"] = removals.count
      removals.append(removal)
    case "beside":
      besideNamesByRun[runID] = Set((value["locks"]?.arrayValue ?? []).compactMap(\.stringValue))
    case "outcome":
      for lock in value["locks"]?.arrayValue ?? [] {
        guard let name = lock["id"]?.stringValue, let index = indexByRunAndName["\(runID)/\(name)"] else {
          continue
        }
        removals[index].outcome = lock["outcome"]?.stringValue.flatMap(LockOutcome.Kind.init(rawValue:))
        removals[index].outcomeReason = lock["reason"]?.stringValue
        removals[index].mayBeGone = lock["may_be_gone"]?.boolValue ?? false
      }
    case "restored":
      let names = Set(
        (value["locks"]?.arrayValue ?? [])
          .filter { ["restored", "already_there"].contains($0["outcome"]?.stringValue) }
          .compactMap { $0["id"]?.stringValue })
      let configSHA256 = value["repository"]?["config_sha256"]?.stringValue
      for index in removals.indices
      where names.contains(removals[index].name) && removals[index].configSHA256 == configSHA256 {
        removals[index].isRestored = true
      }
    case "alarm", "notice":
      guard let removed = value["removed"]?.stringValue, let seen = value["seen"]?.stringValue else { return }
      alarms.append((removed, seen, Self.time(value["time"])))
    default: break
    }
  }

  fileprivate static func time(_ value: JSONValue?) -> UnixTime {
    value?.stringValue.flatMap(LockTime.init(parsing:))?.instant ?? UnixTime(seconds: 0)
  }
}

extension JournalRemoval {
  fileprivate init?(_ line: JournalLine, _ value: JSONValue) {
    guard let lock = value["lock"], let name = lock["id"]?.stringValue else { return nil }
    let repository = value["repository"]
    self.init(
      sequence: line.sequence, runID: value["run"]?.stringValue ?? "",
      time: JournalHistory.time(value["time"]),
      repositoryID: repository?["id"]?.stringValue, configSHA256: repository?["config_sha256"]?.stringValue,
      location: repository?["location"]?.stringValue ?? "", name: name,
      verdict: lock["verdict"]?.stringValue ?? "not opened", ground: value["ground"]?.stringValue ?? "",
      record: Self.record(lock), defect: Self.defect(lock["defect"]),
      modified: lock["modified"]?.stringValue.flatMap(LockTime.init(parsing:))?.instant,
      askedBy: Self.askedBy(value["asked_by"]), bytes: value["bytes"]?.stringValue.flatMap(Base64.bytes),
      wasNewestOfHolder: value["newest_of_holder"]?.boolValue ?? true)
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

  private static func defect(_ value: JSONValue?) -> LockDefect? {
    guard let kind = value?["kind"]?.stringValue.flatMap(LockDefect.Kind.init(rawValue:)) else { return nil }
    // Of other kinds the journal does not tell whether the code was right.
    return LockDefect(
      kind: kind, message: value?["message"]?.stringValue ?? "", isAuthentic: kind == .name)
  }

  private static func askedBy(_ value: JSONValue?) -> String {
    "\(value?["user"]?.stringValue ?? "?")@\(value?["host"]?.stringValue ?? "?")"
  }

  package var holder: RemovedHolder? {
    record.map { RemovedHolder(name: name, key: LineageKey($0), lockTime: $0.time.instant) }
  }
}
