import Testing
import WallTime

@testable import ResticLocks

/// What a wrong clock or a copied file may and may not make of a lock.
@Suite("A clock that is wrong") struct ClockScenarioTests {
  struct Scenario: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let world: World
    let acceptable: Set<Verdict>

    init(_ description: String, _ acceptable: Set<Verdict>, _ change: (inout World) -> Void) {
      testDescription = description
      var world = World()
      change(&world)
      self.world = world
      self.acceptable = acceptable
    }
  }

  private static let steps: [(String, Double)] = [
    ("3 s", 3), ("1 h", Made.hour), ("1 d", Made.day), ("9 d", 9 * Made.day),
  ]

  static let living: [Scenario] =
    steps.flatMap { name, size in
      [
        Scenario("a holder's clock \(name) slow", size < 1800 ? [.fresh] : [.uncertain]) {
          ($0.wrongClock, $0.errorAtWriting) = (.holder, -size)
        },
        Scenario("a holder's clock \(name) fast", [.fresh]) {
          ($0.wrongClock, $0.errorAtWriting) = (.holder, size)
        },
        Scenario("a file server's clock \(name) slow", size < 1800 ? [.fresh] : [.uncertain]) {
          ($0.wrongClock, $0.errorAtWriting) = (.storage, -size)
        },
        Scenario("a file server's clock \(name) fast", [.fresh]) {
          ($0.wrongClock, $0.errorAtWriting) = (.storage, size)
        },
        Scenario("our clock \(name) slow and unsynchronised", [.fresh]) {
          ($0.wrongClock, $0.errorNow, $0.saysSynchronised) = (.ours, -size, false)
        },
        Scenario("our clock \(name) slow and called synchronised", [.fresh]) {
          ($0.wrongClock, $0.errorNow) = (.ours, -size)
        },
        Scenario("our clock stepped \(name) back since the lock was written here", [.fresh]) {
          ($0.machines, $0.wrongClock, $0.errorNow) = (.one, .ours, -size)
        },
        Scenario("our clock stepped \(name) back, the holder in sight", [.held]) {
          ($0.machines, $0.process, $0.wrongClock, $0.errorNow) = (.one, .visible, .ours, -size)
        },
        Scenario("our clock stepped \(name) forward, the holder in sight", [.held]) {
          ($0.machines, $0.process, $0.wrongClock, $0.errorNow) = (.one, .visible, .ours, size)
        },
      ]
    } + [
      Scenario("our clock an hour fast and unsynchronised", [.uncertain]) {
        ($0.wrongClock, $0.errorNow, $0.saysSynchronised) = (.ours, Made.hour, false)
      },
      Scenario("our clock a day fast, and a look ten minutes ago that did not have the lock", [.uncertain]) {
        ($0.wrongClock, $0.errorNow, $0.saysSynchronised) = (.ours, 2 * Made.day, false)
        $0.earlierLooks = [-600]
      },
      Scenario("our clock a day fast, and the refresh was seen", [.held]) {
        ($0.wrongClock, $0.errorNow, $0.saysSynchronised) = (.ours, 2 * Made.day, false)
        $0.earlierLooks = [-90, -30]
      },
      Scenario("right clocks and an unsynchronised kernel", [.fresh]) { $0.saysSynchronised = false },
    ]

  @Test("makes of a lock refreshed a minute ago no more than this", arguments: living)
  func livingHolder(_ scenario: Scenario) {
    #expect(scenario.world.verdict().map { scenario.acceptable.contains($0) } == true, "\(scenario.world)")
  }

  static let abandoned: [Scenario] = [
    Scenario("right clocks", [.expired]) { $0.refreshAgo = 2 * Made.hour },
    Scenario("right clocks, an unsynchronised kernel", [.uncertain]) {
      ($0.refreshAgo, $0.saysSynchronised) = (2 * Made.hour, false)
    },
    Scenario("right clocks, an unsynchronised kernel, two days", [.expired]) {
      ($0.refreshAgo, $0.saysSynchronised) = (2 * Made.day, false)
    },
    Scenario("an unsynchronised kernel, and we saw it 31 minutes ago", [.expired]) {
      ($0.refreshAgo, $0.saysSynchronised, $0.earlierLooks) = (2 * Made.hour, false, [-31 * Made.minute])
    },
    Scenario("a fast holder's clock", [.uncertain]) {
      ($0.refreshAgo, $0.wrongClock, $0.errorAtWriting) = (2 * Made.day, .holder, 40 * Made.day)
    },
    Scenario("a fast holder's clock, and we saw it 31 minutes ago", [.expired]) {
      ($0.refreshAgo, $0.wrongClock, $0.errorAtWriting) = (2 * Made.day, .holder, 40 * Made.day)
      $0.earlierLooks = [-31 * Made.minute]
    },
    Scenario("our clock a day slow", [.fresh]) {
      ($0.refreshAgo, $0.wrongClock, $0.errorNow, $0.saysSynchronised) = (
        2 * Made.hour, .ours, -Made.day, false
      )
    },
    Scenario("our clock a day slow, and we saw it 31 minutes ago", [.expired]) {
      ($0.refreshAgo, $0.wrongClock, $0.errorNow, $0.saysSynchronised) = (
        2 * Made.hour, .ours, -Made.day, false
      )
      $0.earlierLooks = [-31 * Made.minute]
    },
    Scenario("no file times, an hour", [.uncertain]) {
      ($0.refreshAgo, $0.hasFileTimes) = (Made.hour, false)
    },
    Scenario("no file times, two days", [.expired]) {
      ($0.refreshAgo, $0.hasFileTimes) = (2 * Made.day, false)
    },
  ]

  @Test("makes of a lock that was left behind no more than this", arguments: abandoned)
  func abandonedLock(_ scenario: Scenario) {
    #expect(scenario.world.verdict().map { scenario.acceptable.contains($0) } == true, "\(scenario.world)")
  }

  /// A copy may keep a file's time or give it a new one; the lock's own time stays.
  static let copies: [(lockAgo: Double, fileAgo: Double, verdict: Verdict)] = [
    (60, 2 * Made.hour, .uncertain), (60, 9 * Made.day, .uncertain), (2 * Made.hour, 60, .uncertain),
    (9 * Made.day, 60, .uncertain), (9 * Made.day, 31 * Made.minute, .expired),
    (9 * Made.day, 9 * Made.day, .expired),
    (60, -9 * Made.day, .fresh), (9 * Made.day, -9 * Made.day, .uncertain),
  ]

  @Test("and a copy that changed a file's time never settle an age together", arguments: copies)
  func copiedFile(lockAgo: Double, fileAgo: Double, verdict: Verdict) {
    let meter = SilenceMeter(clock: Made.clock(), soundness: .synchronised(maximumErrorSeconds: 0.01))
    let silence = meter.measure(
      time: Made.lockTime(secondsAgo: lockAgo), modified: Made.now.adding(seconds: -fileAgo), observed: nil)
    #expect(Made.verdict(Made.evidence(silence)) == verdict)
  }
}
