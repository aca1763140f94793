/// Who a message says holds the lock; the same words as in the lock itself.
package struct LogHolder: Hashable, Sendable {
  package let hostname: String
  package let username: String
  package let pid: Int64
  /// `nil` where the log broke off before it.
  package let uid: Int64?
  package let gid: Int64?
  package let isExclusive: Bool
}

/// What went wrong with a lock.
package enum LockFailureKind: String, CaseIterable, Sendable {
  /// Somebody else holds the repository.
  case locked
  /// restic said that it waits for a lock, and nothing came of it in this log.
  case waiting
  /// A lock that restic can read but not open, which stops everything.
  case damagedLock = "damaged_lock"
  /// A lock whose bytes could not be had.
  case unreadableLock = "unreadable_lock"
  /// restic could not write its own lock.
  case notCreated = "not_created"
  /// A run could not renew its lock in time.
  case notRefreshed = "not_refreshed"
  /// The lock of a run was removed while it went on.
  case removedWhileHeld = "removed_while_held"
  /// A run could not remove its own lock and left it.
  case notRemoved = "not_removed"
}

/// A piece of a line that says something about locks.
enum ResticMessage: Equatable {
  case locked(LogHolder)
  case created(LogTime, ageSeconds: Double?, ageText: String)
  case storageID(String)
  case waiting
  case failure(LockFailureKind, lockID: String?, detail: String)
  case success(String)
}

/// restic's messages about locks, as versions 0.9 to 0.19 word them.
enum ResticMessageParser {
  private static let detailByteLimit = 300

  static func messages(in line: ArraySlice<UInt8>) -> [ResticMessage] {
    var found: [ResticMessage] = []
    if let holder = line.after("repository is already locked ").map(holder) {
      if let holder { found.append(.locked(holder)) }
    } else if let failure = failure(in: line) {
      found.append(failure)
    }
    if let created = line.after("lock was created at ").flatMap(created) { found.append(created) }
    if var id = line.after("storage ID "), let hex = id.takeHexadecimal(8...64) {
      found.append(.storageID(hex))
    }
    if line.contains("repo already locked, waiting up to ") { found.append(.waiting) }
    if let operation = success(in: line) { found.append(.success(operation)) }
    return found
  }

  /// `[exclusively ]by PID n on host by user (UID a, GID b)`; what a log cut off at the end is missing.
  private static func holder(_ text: ArraySlice<UInt8>) -> LogHolder? {
    var rest = text
    let isExclusive = rest.take("exclusively ")
    guard rest.take("by PID "), let pid = takeSigned(&rest) else { return nil }
    guard rest.take(" on ") else {
      return LogHolder(hostname: "", username: "", pid: pid, uid: nil, gid: nil, isExclusive: isExclusive)
    }
    var uid: Int64?
    var gid: Int64?
    var names = rest
    if let end = rest.lastRange(of: " (UID ") {
      var numbers = rest[end.upperBound...]
      uid = numbers.takeNumber()
      if uid != nil, numbers.take(", GID ") { gid = numbers.takeNumber() }
      if uid != nil { names = rest[..<end.lowerBound] }
    }
    guard let by = names.range(of: " by ") ?? (names.hasSuffix(" by") ? names.lastRange(of: " by") : nil)
    else {
      return LogHolder(
        hostname: names.text(), username: "", pid: pid, uid: uid, gid: gid, isExclusive: isExclusive)
    }
    return LogHolder(
      hostname: names[..<by.lowerBound].text(), username: names[by.upperBound...].text(), pid: pid, uid: uid,
      gid: gid, isExclusive: isExclusive)
  }

  private static func takeSigned(_ text: inout ArraySlice<UInt8>) -> Int64? {
    let isNegative = text.take(UInt8(ascii: "-"))
    return text.takeNumber().map { isNegative ? -$0 : $0 }
  }

  /// `2006-01-02 15:04:05 (73h22m5.876188s ago)`.
  private static func created(_ text: ArraySlice<UInt8>) -> ResticMessage? {
    var rest = text
    guard case .full(let time) = LogTimeParser.takeDate(&rest) else { return nil }
    guard rest.take(" ("), let age = rest.before(" ago)"), age.count <= 40 else {
      return .created(time, ageSeconds: nil, ageText: "")
    }
    return .created(time, ageSeconds: GoDuration.seconds(age), ageText: age.text())
  }

  private static func failure(in line: ArraySlice<UInt8>) -> ResticMessage? {
    func failure(_ kind: LockFailureKind, from word: StaticString) -> ResticMessage? {
      guard let start = line.range(of: word)?.lowerBound else { return nil }
      return .failure(kind, lockID: lockID(in: line), detail: detail(line[start...]))
    }
    if line.contains("invalid lock file") { return failure(.damagedLock, from: "invalid lock file") }
    if let reason = line.after("unable to create lock in backend") {
      guard !reason.contains("already locked") else { return nil }
      let isDamaged =
        reason.contains("ciphertext verification failed") || reason.contains("invalid data returned")
        || reason.contains("invalid character") || reason.contains("cannot unmarshal")
      let kind: LockFailureKind =
        isDamaged ? .damagedLock : lockID(in: line) != nil ? .unreadableLock : .notCreated
      return failure(kind, from: "unable to create lock in backend")
    }
    if line.contains("lock file was removed in the meantime") {
      return failure(.removedWhileHeld, from: "lock file was removed in the meantime")
    }
    if let reason = line.after("unable to refresh lock") {
      let isGone = reason.contains("does not exist") || reason.contains("no such file")
      return failure(isGone ? .removedWhileHeld : .notRefreshed, from: "unable to refresh lock")
    }
    return failure(.notRefreshed, from: "failed to refresh lock in time")
      ?? failure(.notRefreshed, from: "failed to refresh stale lock")
      ?? failure(.notRemoved, from: "Remove(<lock/") ?? failure(.notRemoved, from: "error while unlocking")
      ?? (line.contains("invalid data returned") ? failure(.damagedLock, from: "<lock/") : nil)
      ?? failure(.notCreated, from: "Save(<lock/") ?? failure(.unreadableLock, from: "Load(<lock/")
      ?? failure(.unreadableLock, from: "LoadRaw(<lock/")
  }

  private static func lockID(in line: ArraySlice<UInt8>) -> String? {
    guard var rest = line.after("<lock/") else { return nil }
    return rest.takeHexadecimal(4...64)
  }

  /// The words, without the user name and password of a URL.
  private static func detail(_ text: ArraySlice<UInt8>) -> String {
    let bytes = text.prefix(detailByteLimit)
    guard let scheme = bytes.range(of: "://") else { return bytes.trimmed.text(byteLimit: detailByteLimit) }
    let rest = bytes[scheme.upperBound...]
    let authority = rest.prefix { $0 != UInt8(ascii: "/") && !isBlank($0) }
    guard let at = authority.lastIndex(of: UInt8(ascii: "@")) else {
      return bytes.trimmed.text(byteLimit: detailByteLimit)
    }
    return bytes[..<scheme.upperBound].text(byteLimit: detailByteLimit) + "***"
      + rest[at...].text(byteLimit: detailByteLimit)
  }

  /// The operation that a line proves to have been done.
  private static func success(in line: ArraySlice<UInt8>) -> String? {
    if var rest = line.after("snapshot "), rest.takeHexadecimal(8...64) != nil, rest.hasPrefix(" saved") {
      return "backup"
    }
    if line.contains(#""message_type":"summary""#) {
      if line.contains(#""num_errors":0"#) { return "check" }
      return line.contains(#""snapshot_id":""#) ? "backup" : nil
    }
    if line.contains("no errors were found") { return "check" }
    return line.contains(" snapshots have been removed") ? "forget" : nil
  }
}

extension ArraySlice<UInt8> {
  func hasSuffix(_ word: String) -> Bool { suffix(word.utf8.count).elementsEqual(word.utf8) }
}
