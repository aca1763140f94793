import HostFacts
import ResticFormat
import ResticLocks
import Testing

/// Looks at one repository, seconds after boot apart.
struct Looks {
  private(set) var sightings: Sightings?

  mutating func look(
    at seconds: Double, _ files: [LockFile], bootID: String = "boot-1", tookSeconds: Double = 0
  ) {
    sightings = Sightings.after(
      sightings, listing: files, bootID: bootID, askedAtSeconds: seconds,
      answeredAtSeconds: seconds + tookSeconds)
  }

  func observed(_ file: LockFile, at seconds: Double) -> ObservedSilence? {
    sightings?.observedSilence(of: file, nowSeconds: seconds)
  }

  func lineageSeen(_ file: LockFile, at seconds: Double) -> Double? {
    sightings?.lineageSeenSecondsAgo(file, nowSeconds: seconds)
  }

  func refreshSeen(_ file: LockFile, at seconds: Double) -> Double? {
    sightings?.refreshSeenSecondsAgo(file, nowSeconds: seconds)
  }
}

@Suite("Sightings") struct SightingsTests {
  private static let old = Made.lockFile("a")
  private static let new = Made.lockFile("b")
  private static let stranger = Made.lockFile("c", record: Made.record(pid: 12))

  @Test("count silence from the first listing's answer, and prove nothing before it")
  func firstSight() {
    var looks = Looks()
    looks.look(at: 100, [Self.old], tookSeconds: 5)
    #expect(looks.observed(Self.old, at: 105) == ObservedSilence(atLeastSeconds: 0))
    #expect(looks.observed(Self.old, at: 205) == ObservedSilence(atLeastSeconds: 100))
    #expect(looks.observed(Self.new, at: 205) == nil)
  }

  @Test("keep counting over looks that are hours apart")
  func secondSight() {
    var looks = Looks()
    looks.look(at: 100, [Self.old])
    looks.look(at: 9000, [Self.old])
    #expect(looks.observed(Self.old, at: 9000)?.atLeastSeconds == 8900)
  }

  @Test("bound a new ID by the moment the last listing without it was asked for")
  func absentBefore() {
    var looks = Looks()
    looks.look(at: 100, [Self.old], tookSeconds: 10)
    looks.look(at: 200, [Self.old, Self.new], tookSeconds: 10)
    #expect(looks.observed(Self.new, at: 250) == ObservedSilence(atLeastSeconds: 40, atMostSeconds: 150))
    #expect(looks.observed(Self.old, at: 250)?.atMostSeconds == nil)
  }

  @Test("forget an ID that went, and take its return for new")
  func goneAndBack() {
    var looks = Looks()
    looks.look(at: 100, [Self.old])
    looks.look(at: 200, [])
    looks.look(at: 300, [Self.old])
    #expect(looks.observed(Self.old, at: 300) == ObservedSilence(atLeastSeconds: 0, atMostSeconds: 100))
  }

  @Test(
    "count for nothing after another boot, in a boot without a name, or when the boot clock went back",
    arguments: [
      ("boot-2", 9000.0), ("boot-1", 99.0), ("", 9000.0),
    ])
  func otherBoot(bootID: String, seconds: Double) {
    var looks = Looks()
    looks.look(at: 100, [Self.old], bootID: bootID.isEmpty ? "" : "boot-1")
    looks.look(at: seconds, [Self.old, Self.new], bootID: bootID)
    for file in [Self.old, Self.new] {
      #expect(looks.observed(file, at: seconds) == ObservedSilence(atLeastSeconds: 0))
    }
  }

  @Test("say nothing at a time before they were made")
  func earlierThanSeen() {
    var looks = Looks()
    looks.look(at: 100, [Self.old])
    #expect(looks.observed(Self.old, at: 99) == nil)
  }

  @Test(
    "see a refresh when a lock takes another's place within two minutes",
    arguments: [(120.0, true), (120.1, false)])
  func refresh(gapSeconds: Double, isSeen: Bool) {
    var looks = Looks()
    looks.look(at: 100, [Self.old])
    looks.look(at: 100 + gapSeconds, [Self.new])
    #expect((looks.refreshSeen(Self.new, at: 500) == 400 - gapSeconds) == isSeen)
    #expect((looks.refreshSeen(Self.new, at: 500) != nil) == isSeen)
  }

  @Test(
    "see a refresh when the old file goes a little after the new one came",
    arguments: [(60.0, true), (61.0, false)])
  func overlappingRefresh(laterSeconds: Double, isSeen: Bool) {
    var looks = Looks()
    looks.look(at: 100, [Self.old])
    looks.look(at: 160, [Self.old, Self.new])
    #expect(looks.refreshSeen(Self.new, at: 160) == nil)
    looks.look(at: 160 + laterSeconds, [Self.new])
    #expect((looks.refreshSeen(Self.new, at: 300) == 140) == isSeen)
  }

  static let noRefreshes: [[[LockFile]]] = [
    [[old], [old, new]], [[stranger], [new]], [[old, new], [old]], [[], [new]],
    [[Made.lockFile(record: Made.record(isExclusive: true))], [new]],
    [[Made.lockFile(record: Made.record(hostname: "db7"))], [new]],
    [[Made.lockFile(record: Made.record(uid: 7))], [new]], [[Made.lockFile(record: nil)], [new]],
  ]

  @Test("see no refresh in what is none", arguments: noRefreshes)
  func noRefresh(listings: [[LockFile]]) {
    var looks = Looks()
    for (index, files) in listings.enumerated() { looks.look(at: Double(100 + index), files) }
    #expect(looks.refreshSeen(Self.new, at: 102) == nil)
    #expect(looks.refreshSeen(Self.old, at: 102) == nil)
  }

  @Test("remember a refresh for the new lock only, and as long as it is there")
  func refreshRemembered() {
    var looks = Looks()
    looks.look(at: 100, [Self.old, Made.lockFile("d")])
    looks.look(at: 110, [Self.new, Made.lockFile("d")])
    looks.look(at: 9000, [Self.new, Made.lockFile("d")])
    #expect(looks.refreshSeen(Self.new, at: 9000) == 8890)
    #expect(looks.refreshSeen(Made.lockFile("d"), at: 9000) == nil)
  }

  /// A lock of one refresh of `web1`'s PID; the digit stands for the refresh.
  private static func refreshed(_ digit: Character, pid: Int64 = 4711) -> LockFile {
    Made.lockFile(digit, record: Made.record(pid: pid))
  }

  @Test("know a holder from its first lock on, however often it refreshes and however far looks are apart")
  func lineage() {
    var looks = Looks()
    looks.look(at: 100, [Self.refreshed("1")])
    looks.look(at: 700, [Self.refreshed("2")])
    #expect(looks.lineageSeen(Self.refreshed("2"), at: 700) == 600)
    looks.look(at: 90_000, [Self.refreshed("3"), Self.stranger])
    #expect(looks.lineageSeen(Self.refreshed("3"), at: 90_000) == 89_900)
    #expect(looks.lineageSeen(Self.stranger, at: 90_000) == 0)
    #expect(looks.lineageSeen(Self.refreshed("2"), at: 90_000) == nil)
    // The new file was there before the old one went.
    looks.look(at: 90_600, [Self.refreshed("3"), Self.refreshed("4")])
    looks.look(at: 91_200, [Self.refreshed("4")])
    #expect(looks.lineageSeen(Self.refreshed("4"), at: 91_200) == 91_100)
  }

  @Test("begin anew with a holder that was gone at a look in between", arguments: [false, true])
  func lineageGone(isFree: Bool) {
    var looks = Looks()
    looks.look(at: 100, [Self.refreshed("1")])
    looks.look(at: 700, [Self.refreshed("2")])
    looks.look(at: 1300, isFree ? [] : [Self.stranger])
    looks.look(at: 1900, [Self.refreshed("3")])
    #expect(looks.lineageSeen(Self.refreshed("3"), at: 1900) == 0)
  }

  @Test("keep a holder that one look missed between its new lock and its old one", arguments: [110.0, 130])
  func lineageMissed(gapSeconds: Double) {
    var looks = Looks()
    looks.look(at: 100, [Self.refreshed("1")])
    looks.look(at: 700, [Self.refreshed("2")])
    looks.look(at: 705, [])
    looks.look(at: 700 + gapSeconds, [Self.refreshed("3")])
    #expect(
      looks.lineageSeen(Self.refreshed("3"), at: 900) == (gapSeconds < 120 ? 800 : 200 - gapSeconds))
  }

  @Test(
    "take a PID as containers give it again for the same holder only if looks are at most 30 minutes apart",
    arguments: [(Int64(7), 1800.0, true), (7, 1801, false), (1000, 1801, false), (1001, 90_000, true)])
  func lowPID(pid: Int64, gapSeconds: Double, isSame: Bool) {
    var looks = Looks()
    looks.look(at: 100, [Self.refreshed("1", pid: pid)])
    looks.look(at: 100 + gapSeconds, [Self.refreshed("2", pid: pid)])
    let seen = looks.lineageSeen(Self.refreshed("2", pid: pid), at: 100 + gapSeconds)
    #expect(seen == (isSame ? gapSeconds : 0))
  }

  @Test("don't take a leftover that nobody refreshes for the beginning of a later run")
  func lineageOfLeftover() {
    var looks = Looks()
    for time in [100.0, 1900, 3700] { looks.look(at: time, [Self.refreshed("1")]) }
    looks.look(at: 4300, [Self.refreshed("1"), Self.refreshed("2")])
    looks.look(at: 4900, [Self.refreshed("3")])
    #expect(looks.lineageSeen(Self.refreshed("3"), at: 4900) == 600)
  }

  @Test(
    "know no holder from another boot, from one without a name, or when the boot clock went back",
    arguments: [("boot-2", 9000.0), ("boot-1", 99.0), ("", 9000.0)])
  func lineageOfOtherBoot(bootID: String, seconds: Double) {
    var looks = Looks()
    looks.look(at: 50, [Self.refreshed("1")], bootID: bootID.isEmpty ? "" : "boot-1")
    looks.look(at: 100, [Self.refreshed("2")], bootID: bootID.isEmpty ? "" : "boot-1")
    looks.look(at: seconds, [Self.refreshed("3")], bootID: bootID)
    #expect(looks.lineageSeen(Self.refreshed("3"), at: seconds) == 0)
  }

  @Test("know a lock that was opened in one look and not in the next as the same")
  func unopenedBetween() {
    var looks = Looks()
    looks.look(at: 100, [Self.old])
    looks.look(at: 150, [Made.lockFile("a", record: nil)])
    looks.look(at: 200, [Self.new])
    #expect(looks.refreshSeen(Self.new, at: 200) == 0)
  }

  @Test("take other content under the same name for another file")
  func contentMark() {
    func stray(_ mark: String) -> LockFile {
      LockFile(
        name: "x tmp", id: nil, byteCount: 1, modified: nil, defect: LockDefect(kind: .stray, message: ""),
        contentMark: mark)
    }
    var looks = Looks()
    looks.look(at: 100, [stray("1:7.0")])
    looks.look(at: 200, [stray("2:7.0")])
    #expect(looks.observed(stray("2:7.0"), at: 300) == ObservedSilence(atLeastSeconds: 100))
    #expect(looks.observed(stray("1:7.0"), at: 300) == nil)
  }
}
