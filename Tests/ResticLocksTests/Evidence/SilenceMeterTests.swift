import HostFacts
import ResticFormat
import ResticLocks
import Testing
import WallTime

@Suite("The silence meter") struct SilenceMeterTests {
  private static let synchronised = ClockSoundness.synchronised(maximumErrorSeconds: 0.01)

  private static func measure(
    lockSecondsAgo: Double?, fileSecondsAgo: Double?, _ soundness: ClockSoundness = synchronised
  ) -> Silence {
    SilenceMeter(clock: Made.clock(), soundness: soundness).measure(
      time: lockSecondsAgo.map { Made.lockTime(secondsAgo: $0) },
      modified: fileSecondsAgo.map { Made.now.adding(seconds: -$0) }, observed: nil)
  }

  @Test("measures the lock's time and the file's by our clock")
  func bothBases() {
    let silence = Self.measure(lockSecondsAgo: 100, fileSecondsAgo: 90)
    #expect(silence.lockTime?.seconds == 100)
    #expect(silence.storage?.seconds == 90)
    #expect(silence.notes.isEmpty && silence.futureBases.isEmpty)
  }

  @Test("sets a time in the future aside, notes it and remembers it", arguments: [0.001, 3, 3600, 1e11])
  func futureLockTime(seconds: Double) {
    let silence = Self.measure(lockSecondsAgo: -seconds, fileSecondsAgo: 90)
    #expect(silence.lockTime == nil)
    #expect(silence.futureBases == [.lockTime])
    #expect(silence.notes.count == 1 && silence.notes[0].contains("future"))
  }

  @Test(
    "lets a file's time be two seconds ahead, as FAT rounds it", arguments: [(2.0, true), (2.001, false)])
  func fileTimeGranularity(seconds: Double, measures: Bool) {
    let silence = Self.measure(lockSecondsAgo: 5, fileSecondsAgo: -seconds)
    #expect((silence.storage?.seconds == 0) == measures)
    #expect(silence.futureBases == (measures ? [] : [.storage]))
  }

  @Test("says that a storage without file times has none")
  func noFileTimes() {
    let silence = Self.measure(lockSecondsAgo: 5, fileSecondsAgo: nil)
    #expect(silence.storage == nil && silence.futureBases.isEmpty)
    #expect(silence.notes == ["the storage tells no file times"])
  }

  @Test("takes the kernel's bound on the error, a second at least", arguments: [(0.01, 1.0), (15.9, 15.9)])
  func uncertainty(kernelSeconds: Double, expected: Double) {
    let silence = Self.measure(
      lockSecondsAgo: 5, fileSecondsAgo: 5, .synchronised(maximumErrorSeconds: kernelSeconds))
    #expect(silence.lockTime?.uncertaintySeconds == expected)
    #expect(silence.storage?.uncertaintySeconds == expected + 2)
  }

  @Test("calls both bases unsound, of unknown error, where our clock is")
  func unsoundClock() {
    let silence = Self.measure(lockSecondsAgo: 5, fileSecondsAgo: 5, .unsound)
    for basis in [silence.lockTime, silence.storage] {
      #expect(basis?.isSound == false)
      #expect(basis?.uncertaintySeconds == nil)
    }
  }

  @Test("believes a storage's own clock whatever ours is")
  func storageClock() {
    let storageNow = Made.now.adding(seconds: 3600)
    let silence = SilenceMeter(clock: Made.clock(), soundness: .unsound, storageNow: storageNow).measure(
      time: Made.lockTime(secondsAgo: 5), modified: Made.now, observed: nil)
    #expect(silence.storage?.seconds == 3600)
    #expect(silence.storage?.isSound == true)
    #expect(silence.lockTime?.isSound == false)
  }

  @Test("does not trap on any time a lock may hold", arguments: [Int64.min, -62_135_596_800, 0, Int64.max])
  func extremeTimes(seconds: Int64) {
    let instant = UnixTime(seconds: seconds, nanoseconds: 999_999_999)
    let silence = SilenceMeter(clock: Made.clock(), soundness: Self.synchronised).measure(
      time: LockTime(text: "", instant: instant), modified: instant, observed: nil)
    #expect(silence.isSettled == (seconds < Made.now.seconds))
    _ = LockJudge.judge(Made.lockFile(), Made.evidence(silence))
  }
}

@Suite("Our clock is believed") struct ClockSoundnessTests {
  struct Case: Sendable {
    let synchronisation: ClockSynchronisation
    let serverOffsetSeconds: Double?
    let isDeclared: Bool
    let expected: ClockSoundness
  }

  static let cases: [Case] = [
    Case(
      synchronisation: .synchronised(maximumErrorSeconds: 2), serverOffsetSeconds: nil, isDeclared: false,
      expected: .synchronised(maximumErrorSeconds: 2)),
    Case(synchronisation: .unsynchronised, serverOffsetSeconds: nil, isDeclared: false, expected: .unsound),
    Case(synchronisation: .unknown, serverOffsetSeconds: nil, isDeclared: false, expected: .unsound),
    Case(synchronisation: .unsynchronised, serverOffsetSeconds: nil, isDeclared: true, expected: .declared),
    Case(synchronisation: .unknown, serverOffsetSeconds: nil, isDeclared: true, expected: .declared),
    Case(
      synchronisation: .unsynchronised, serverOffsetSeconds: -300, isDeclared: false,
      expected: .agreesWithServer(differenceSeconds: 300)),
    Case(
      synchronisation: .unsynchronised, serverOffsetSeconds: 300.001, isDeclared: false, expected: .unsound),
    Case(synchronisation: .unknown, serverOffsetSeconds: -301, isDeclared: false, expected: .unsound),
  ]

  @Test("on the word of the kernel, a server or the user, and nobody else's", arguments: cases)
  func soundness(_ testCase: Case) {
    let soundness = ClockSoundness.judge(
      Made.clock(testCase.synchronisation), serverOffsetSeconds: testCase.serverOffsetSeconds,
      isDeclared: testCase.isDeclared)
    #expect(soundness == testCase.expected)
    #expect(soundness.isSound == (testCase.expected != .unsound))
    #expect((soundness.uncertaintySeconds == nil) == (testCase.expected == .unsound))
  }
}
