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
