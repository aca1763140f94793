internal import ResticFormat
package import WallTime

/// Who asked for a change, for the journal.
package struct Requester: Sendable {
  package let user: String
  package let userID: UInt32
  package let host: String
  package let pid: Int64
  /// The command line, secrets in it hidden.
  package let command: String

  package init(user: String, userID: UInt32, host: String, pid: Int64, command: String) {
    self.user = user
    self.userID = userID
    self.host = host
    self.pid = pid
    self.command = command
  }

  var json: JSONValue {
    .object([
      ("user", .string(user)), ("uid", .integer(Int64(userID))), ("host", .string(host)),
      ("pid", .integer(pid)), ("command", .string(command)),
    ])
  }
}

/// Writes the records of one run.
package struct JournalWriter: Sendable {
  package let journal: Journal
  /// Tells the records of this run from others: 16 hexadecimal digits.
  package let runID: String
  let requester: Requester

  package init(_ journal: Journal, requester: Requester, runID: String) {
    self.journal = journal
    self.requester = requester
    self.runID = runID
  }

  /// One lock that is about to be removed, with its bytes.
  struct Announcement: Sendable {
    let decision: RemovalDecision
    let bytes: [UInt8]
  }

  private static let chunkLength = 256
  private static let usualRecordByteCount = 3072

  /// Announces removals, all in one synced step.
  ///
  /// - Parameters:
  ///   - announcements: what is about to go.
  ///   - inspection: the look that decided.
  ///   - newestNames: the names of the newest lock of each holder.
  ///   - besideNames: the names of locks that stay, where they matter to whoever puts one back.
  ///   - version: the restic for which it is said what a lock blocks.
  ///   - now: the time of the records.
  /// - Returns: the end of the journal.
  /// - Throws: ``JournalError``; nothing was recorded then.
  func announce(
    _ announcements: [Announcement], in inspection: Inspection, newestNames: Set<String>,
    besideNames: [String], version: ResticVersion, now: UnixTime
  ) async throws(JournalError) -> JournalHead {
    let repository = RepositoryDocument.json(inspection).writtenOut
    let requester = requester.json.writtenOut
    let document = LockDocument(version: version)
    let time = now.rfc3339
    let starts = Array(stride(from: 0, to: announcements.count, by: Self.chunkLength))
    let runID = runID
    // With ten thousand locks, putting the text together takes longer than removing them.
    let chunks = await concurrentMap(starts, width: ReadingLimits.concurrentRequests) { start in
      announcements[start..<min(start + Self.chunkLength, announcements.count)].map { announcement in
        let value = JSONValue.object([
          ("type", .string("removal")), ("time", .string(time)), ("run", .string(runID)),
          ("repository", repository), ("ground", .optional(announcement.decision.ground?.rawValue)),
          ("lock", document.json(announcement.decision.assessment)),
          ("newest_of_holder", .bool(newestNames.contains(announcement.decision.assessment.lock.name))),
          ("bytes", .string(Base64.text(announcement.bytes))), ("asked_by", requester),
        ])
        var text: [UInt8] = []
        text.reserveCapacity(Self.usualRecordByteCount)
        value.write(to: &text)
        return text
      }
    }
    var records = Array(chunks.joined())
    if !besideNames.isEmpty {
      let beside = JSONValue.object([
        ("type", .string("beside")), ("time", .string(time)), ("run", .string(runID)),
        ("repository", repository), ("locks", .array(besideNames.map { .string($0) })),
      ])
      records.insert(Array(beside.text.utf8), at: 0)
    }
    return try journal.append(records, now: now)
  }

  /// Adds what became of announced removals.
  @discardableResult
  func conclude(_ outcomes: [LockOutcome], now: UnixTime) throws(JournalError) -> JournalHead {
    let value = JSONValue.object([
      ("type", .string("outcome")), ("time", .string(now.rfc3339)), ("run", .string(runID)),
      (
        "locks",
        .array(
          outcomes.map { outcome in
            .object([
              ("id", .string(outcome.assessment.lock.name)), ("outcome", .string(outcome.kind.rawValue)),
              ("reason", .string(outcome.reason)), ("may_be_gone", .bool(outcome.mayBeGone)),
            ])
          })
      ),
    ])
    return try journal.append([Array(value.text.utf8)], now: now)
  }

  /// Records that a removed lock's holder was seen.
  @discardableResult
  package func record(_ sighting: HolderSighting, in inspection: Inspection, now: UnixTime)
    throws(JournalError) -> JournalHead
  {
    let value = JSONValue.object([
      ("type", .string(sighting.kind.rawValue)), ("time", .string(now.rfc3339)), ("run", .string(runID)),
      ("repository", RepositoryDocument.json(inspection)), ("removed", .string(sighting.removedName)),
      ("seen", .string(sighting.newLock.lock.name)), ("reason", .string(sighting.reason)),
    ])
    return try journal.append([Array(value.text.utf8)], now: now)
  }

  /// Announces that files are put back, or tells what became of that.
  @discardableResult
  func restoration(
    _ type: String, _ entries: [(name: String, outcome: String?, reason: String)], configSHA256: String,
    location: String, now: UnixTime
  ) throws(JournalError) -> JournalHead {
    let value = JSONValue.object([
      ("type", .string(type)), ("time", .string(now.rfc3339)), ("run", .string(runID)),
      ("repository", .object([("config_sha256", .string(configSHA256)), ("location", .string(location))])),
      (
        "locks",
        .array(
          entries.map { entry in
            .object([
              ("id", .string(entry.name)), ("outcome", .optional(entry.outcome)),
              ("reason", .string(entry.reason)),
            ])
          })
      ), ("asked_by", requester.json),
    ])
    return try journal.append([Array(value.text.utf8)], now: now)
  }
}
