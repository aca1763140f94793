import ResticFormat
import ResticLocks
import Testing

@Suite("A forecast") struct ForecastTests {
  private static let shared = LockObstacle.readable(id("a"), exclusive: false)
  private static let exclusive = LockObstacle.readable(id("b"), exclusive: true)
  private static let damaged = LockObstacle.unusable(id("c"))
  private static let empty = LockObstacle.empty(id("d"))

  struct Case: Sendable, CustomTestStringConvertible {
    let operation: String
    let version: String
    let obstacles: [LockObstacle]
    let exitCodes: [Int]
    var delaySeconds = 0
    var waysOut: [WayOut] = []
    /// The digit each ID is made of.
    var blockedBy = ""
    var testDescription: String { "\(operation) of \(version) against \(obstacles.count) locks" }
  }

  static let cases: [Case] = [
    Case(operation: "prune", version: "0.19.1", obstacles: [], exitCodes: [0]),
    Case(operation: "prune", version: "0.19.1", obstacles: [.notALock, empty], exitCodes: [0]),
    Case(operation: "backup", version: "0.19.1", obstacles: [shared, shared], exitCodes: [0]),
    Case(
      operation: "backup", version: "0.19.1", obstacles: [shared, exclusive], exitCodes: [11],
      waysOut: [.waitOrUnlock], blockedBy: "b"),
    Case(
      operation: "prune", version: "0.19.1", obstacles: [exclusive, shared, empty], exitCodes: [11],
      waysOut: [.waitOrUnlock], blockedBy: "ba"),
    Case(
      operation: "check", version: "0.19.1", obstacles: [shared], exitCodes: [11],
      waysOut: [.runWithoutLock, .waitOrUnlock], blockedBy: "a"),
    Case(operation: "check --no-lock", version: "0.19.1", obstacles: [exclusive, damaged], exitCodes: [0]),
    Case(operation: "unlock", version: "0.19.1", obstacles: [exclusive, damaged], exitCodes: [0]),
    Case(
      operation: "backup", version: "0.19.1", obstacles: [damaged, shared], exitCodes: [1], delaySeconds: 35,
      waysOut: [.removeDamaged], blockedBy: "c"),
    Case(
      operation: "backup", version: "0.19.1", obstacles: [damaged, exclusive], exitCodes: [1, 11],
      delaySeconds: 35, waysOut: [.waitOrUnlock, .removeDamaged], blockedBy: "cb"),
    Case(
      operation: "restore", version: "0.19.1", obstacles: [exclusive, damaged], exitCodes: [1, 11],
      delaySeconds: 35, waysOut: [.runWithoutLock, .waitOrUnlock, .removeDamaged], blockedBy: "bc"),
    Case(
      operation: "prune", version: "0.19.1", obstacles: [damaged, shared], exitCodes: [1, 11],
      delaySeconds: 35, waysOut: [.waitOrUnlock, .removeDamaged], blockedBy: "ca"),
    Case(
      operation: "backup", version: "0.17.1", obstacles: [damaged], exitCodes: [1], delaySeconds: 35,
      waysOut: [.removeDamaged], blockedBy: "c"),
    Case(
      operation: "backup", version: "0.17.0", obstacles: [damaged, exclusive], exitCodes: [1, 11],
      waysOut: [.waitOrUnlock, .removeDamaged], blockedBy: "cb"),
    Case(
      operation: "backup", version: "0.16.5", obstacles: [damaged, exclusive], exitCodes: [1],
      waysOut: [.waitOrUnlock, .removeDamaged], blockedBy: "cb"),
    Case(
      operation: "backup", version: "0.15.0", obstacles: [empty], exitCodes: [1],
      waysOut: [.removeDamaged], blockedBy: "d"),
    Case(operation: "backup", version: "0.15.1", obstacles: [empty], exitCodes: [0]),
    Case(operation: "prune", version: "0.14.0", obstacles: [damaged, empty], exitCodes: [0]),
    Case(
      operation: "prune", version: "0.14.0", obstacles: [damaged, shared], exitCodes: [1],
      waysOut: [.waitOrUnlock], blockedBy: "a"),
    Case(operation: "prune", version: "0.9.0", obstacles: [damaged, empty], exitCodes: [0]),
    Case(
      operation: "backup", version: "0.8.3", obstacles: [damaged, empty], exitCodes: [1],
      waysOut: [.removeDamaged], blockedBy: "cd"),
    Case(operation: "backup", version: "0.8.1", obstacles: [damaged, empty], exitCodes: [0]),
  ]

  @Test("follows from the locks, the operation and the version", arguments: cases)
  func rules(_ expected: Case) throws {
    let forecast = try Forecast.of(
      ResticOperation.named(expected.operation), obstacles: expected.obstacles,
      version: ResticVersion(parsing: expected.version))
    #expect(forecast.blockedBy == expected.blockedBy.map { Self.id($0) })
    #expect(forecast.isBlocked == !expected.blockedBy.isEmpty)
    #expect(forecast.exitCodes == expected.exitCodes)
    #expect(forecast.delaySeconds == expected.delaySeconds)
    #expect(forecast.waysOut == expected.waysOut)
  }

  @Test("there is none where the version lacks the operation or refuses its flags")
  func noForecast() throws {
    #expect(
      throws: ResticOperationError.notInVersion(
        name: "rewrite", version: ResticVersion(0, 14, 0), since: ResticVersion(0, 15, 0))
    ) {
      try Forecast.of(ResticOperation.named("rewrite"), obstacles: [], version: ResticVersion(0, 14, 0))
    }
    #expect(throws: ResticOperationError.refusesNoLock(name: "forget --no-lock", version: .newest)) {
      try Forecast.of(ResticOperation.named("forget --no-lock"), obstacles: [])
    }
  }

  @Test("an exclusive lock blocks every operation that locks, a shared one the exclusive operations")
  func blockedOperations() {
    let byExclusive = Forecast.operationsBlocked(by: Self.exclusive).map(\.name)
    let byShared = Forecast.operationsBlocked(by: Self.shared).map(\.name)
    #expect(
      byShared == [
        "rewrite --forget", "check", "forget", "forget --dry-run", "key passwd", "key remove", "migrate",
        "prune",
        "prune --dry-run", "recover", "repair index", "repair packs", "repair snapshots", "tag",
      ])
    #expect(
      Set(byExclusive).subtracting(byShared) == [
        "backup", "cat", "copy", "copy --from-repo", "diff", "dump", "find", "key add", "key list", "list",
        "ls",
        "mount", "restore", "rewrite", "snapshots", "stats",
      ])
    #expect(Forecast.operationsBlocked(by: Self.damaged).map(\.name) == byExclusive)
    #expect(Forecast.operationsBlocked(by: Self.empty).isEmpty)
    #expect(Forecast.operationsBlocked(by: .notALock).isEmpty)
    let old = Forecast.operationsBlocked(by: Self.shared, version: ResticVersion(0, 14, 0)).map(\.name)
    #expect(old.contains("rebuild-index") && !old.contains("repair index") && !old.contains("recover"))
  }

  private static func id(_ digit: Character) -> ObjectID {
    guard let id = ObjectID(hex: String(repeating: digit, count: 64)) else {
      fatalError("not a digit: \(digit)")
    }
    return id
  }
}
