internal import ResticFormat

/// What one look at a repository's locks found.
public struct LockInspection: Sendable {
  /// The repository's ID, 64 hexadecimal digits; `nil` unless a lock made it necessary to open the repository.
  public let repositoryID: String?
  /// The repository's format, 1 or 2; `nil` as above.
  public let repositoryVersion: Int?
  /// Oldest first, then by ID; stray files in the folder are among them, as ``Verdict/debris``.
  public let locks: [InspectedLock]
  /// Whether nothing here blocks any operation; `false` also where locks were not opened.
  ///
  /// Free does not mean that nobody is writing: rustic, and restic with `--no-lock`, take no lock.
  public let isFree: Bool

  private let obstacles: [LockObstacle]
  private let isComplete: Bool

  init(_ inspection: Inspection) {
    repositoryID = inspection.config?.id
    repositoryVersion = inspection.config?.version
    locks = inspection.assessments.map(InspectedLock.init)
    isFree = inspection.isFree
    obstacles = inspection.obstacles
    isComplete = inspection.isComplete
  }

  /// Whether an operation of restic would run now, and which locks stand in its way.
  ///
  /// - Parameters:
  ///   - operation: As typed: `backup`, `forget`, `repair index`, `prune --dry-run`.
  ///   - resticVersion: As restic prints it, `0.16.4`; `nil` is the newest that is known.
  /// - Returns: The forecast; `nil` where locks were not opened, as it would not be certain.
  /// - Throws: An error that describes itself, for an operation or version that is not known.
  public func forecast(_ operation: String, resticVersion: String? = nil) throws -> OperationForecast? {
    let version = try resticVersion.map(ResticVersion.init(parsing:)) ?? .newest
    let forecast = try Forecast.of(ResticOperation.named(operation), obstacles: obstacles, version: version)
    guard isComplete else { return nil }
    return OperationForecast(
      operation: forecast.operation.name, blockedBy: forecast.blockedBy.map(\.hex),
      exitCodes: forecast.exitCodes, delaySeconds: forecast.delaySeconds)
  }
}

/// One file in `locks/` and what it is found to be.
public struct InspectedLock: Sendable {
  /// The file's name: 64 hexadecimal digits, or a stray one, which is any text.
  public let id: String
  /// `nil` where a defect or the missing password hides it; so are all fields down to `groupID`.
  public let isExclusive: Bool?
  /// As the holder wrote it: any text, hostile until shown otherwise.
  public let hostname: String?
  /// As the holder wrote it: any text, hostile until shown otherwise.
  public let username: String?
  /// Any 64-bit number, not only those that a process could have.
  public let processID: Int64?
  /// 0 also where the lock has none.
  public let userID: UInt32?
  /// 0 also where the lock has none.
  public let groupID: UInt32?
  /// The last refresh exactly as the lock has it, in RFC 3339.
  public let lastRefresh: String?
  /// Seconds since the last refresh, by the lock's own time, or else by the file's.
  public let ageSeconds: Double?
  /// `nil` where the lock was not opened for want of a password.
  public let verdict: Verdict?
  /// What the verdict rests on, one sentence each.
  public let reasons: [String]

  init(_ assessment: Assessment) {
    let record = assessment.lock.record
    id = assessment.lock.name
    isExclusive = record?.isExclusive
    hostname = record?.hostname
    username = record?.username
    processID = record?.pid
    userID = record?.uid
    groupID = record?.gid
    lastRefresh = record?.time.text
    ageSeconds = record == nil ? nil : assessment.evidence?.silence.age?.seconds
    verdict = assessment.verdict
    reasons = [assessment.rule] + assessment.reasons
  }
}

/// Whether an operation would run, and what restic would answer.
public struct OperationForecast: Sendable, Equatable {
  /// The operation in restic's spelling.
  public let operation: String
  /// The IDs of all locks in the way; empty when it runs.
  public let blockedBy: [String]
  /// The exits that restic may end with, ascending; `[0]` when it runs.
  public let exitCodes: [Int]
  /// The longest time restic takes to say no, in seconds.
  public let delaySeconds: Int

  /// Whether any lock is in the way.
  public var isBlocked: Bool { !blockedBy.isEmpty }
}
