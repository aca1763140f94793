import ResticAudit
import ResticFormat
import ResticLocks
import Testing
import WallTime

@Suite("What an audit concludes")
struct FindingTests {
  private static func removal(_ minutes: Double, _ ground: AuditedLock.Removal.Ground) -> AuditedLock.Removal
  {
    AuditedLock.Removal(time: Past.at(minutes), by: "admin@nas", ground: ground)
  }

  @Test(
    "a prune that begins after a backup's lock was removed, and before the backup's snapshot, is an overlap")
  func pruneBesideBackup() throws {
    var past = Past()
    let removed = past.lock(0, origin: .journal(sequence: 1), removed: Self.removal(3, .forced))
    let prune = past.lock(10, host: "nas", pid: 99, exclusive: true)
    let snapshot = past.snapshot(-20, 30)
    let overlap = try #require(past.findings(.forbiddenOverlap).first)
    #expect(overlap.severity == .alarm && overlap.confidence == .certain)
    #expect(Set(overlap.lockNames) == [removed, prune])
    #expect(overlap.evidence.contains { $0.contains("R1's lock was removed 7m before R2 wrote its own") })
    let continued = try #require(past.findings(.continuedAfterRemoval).first)
    #expect(continued.snapshotIDs == [snapshot] && continued.confidence == .likely)
    #expect(continued.evidence.contains { $0.contains("27m after the removal") })
  }

  @Test("a prune after the backup ended is no overlap, and neither are two backups at once")
  func noOverlap() {
    var past = Past()
    past.lock(0, origin: .journal(sequence: 1), removed: Self.removal(60, .verdict))
    past.snapshot(-20, 4)
    past.lock(70, host: "nas", pid: 99, exclusive: true)
    past.lock(71, host: "web2", pid: 5, origin: .version("a"), removed: Self.removal(72, .deletion))
    past.lock(71, host: "web3", pid: 5, origin: .version("b"), removed: Self.removal(73, .deletion))
    let pairs = past.findings(.forbiddenOverlap)
    // The two shared ones lie in the exclusive one's five minutes; with each other they are no finding.
    #expect(pairs.allSatisfy { finding in finding.evidence.contains { $0.contains("exclusive, root@nas") } })
    #expect(past.findings(.continuedAfterRemoval).isEmpty)
  }

  @Test(
    "two exclusive holders that both refreshed are certain, whatever their order", arguments: [false, true])
  func twoExclusive(isReversed: Bool) throws {
    var past = Past()
    past.facts.history = .complete
    let minutes = isReversed ? [10.0, 5, 0] : [0, 5, 10]
    for minute in minutes {
      past.lock(minute, host: "a", pid: 1, exclusive: true, origin: .version("a\(minute)"))
      past.lock(minute + 2, host: "b", pid: 2, exclusive: true, origin: .version("b\(minute)"))
    }
    let finding = try #require(past.findings(.forbiddenOverlap).first)
    #expect(past.findings(.forbiddenOverlap).count == 1)
    #expect(finding.confidence == .certain && finding.title.contains("two exclusive holders"))
  }

  @Test("a lock written days after a leftover that excludes it is told, as possible only")
  func besideLeftover() throws {
    var past = Past(now: 10_000)
    past.lock(0)
    past.lock(5000, host: "nas", pid: 9, exclusive: true)
    #expect(past.findings(.forbiddenOverlap).isEmpty)
    #expect(past.findings(.besideLeftover).map(\.confidence) == [.possible])
  }

  @Test(
    "silence is told by how long it was, and as certain only where every lock of the past is known",
    arguments: [
      (5.5, true, nil), (7.0, true, "beyond 5 minutes"), (25, true, "beyond 22.5 minutes"),
      (29, true, "beyond 22.5 minutes"), (7, false, nil), (25, false, "beyond 22.5 minutes"),
      (300, false, "beyond 30 minutes"),
    ] as [(Double, Bool, String?)])
  func gaps(minutes: Double, isComplete: Bool, words: String?) {
    var past = Past()
    past.facts.history = isComplete ? .complete : .none
    past.lock(0, origin: .version("1"))
    past.lock(minutes, origin: .version("2"))
    let found = past.findings(.silenceGap)
    #expect(found.isEmpty == (words == nil))
    if let words, let finding = found.first {
      #expect(finding.evidence.contains { $0.contains(words) }, "\(finding.evidence)")
      #expect(finding.confidence == (isComplete ? .certain : .possible))
    }
  }

  @Test("forty leftovers of one container's PID are forty runs, and one finding with their beat")
  func fortyLeftovers() throws {
    var past = Past(now: 60 * 24 * 41)
    for day in 0..<40 { past.lock(Double(day) * 1440, pid: 7) }
    #expect(past.analysis.timeline.runs.count == 40)
    let finding = try #require(past.findings(.leftovers).first)
    #expect(finding.title.hasPrefix("40 locks of root@web1 (PID 7)"))
    #expect(finding.explanation.contains("every 1d"))
    #expect(finding.lockNames.count == 40)
  }

  @Test("leftovers five minutes apart are of a run that may not delete")
  func undeletable() throws {
    var past = Past()
    for turn in 0..<12 { past.lock(Double(turn) * 5) }
    #expect(past.analysis.timeline.runs.count == 1)
    #expect(try #require(past.findings(.leftovers).first).explanation.contains("not delete the old ones"))
  }

  @Test("a clock 40 minutes slow is told with its host, and its times are moved", arguments: [40.0, -40])
  func slowClock(minutes: Double) throws {
    var past = Past()
    past.lock(0, host: "slow", fileLater: minutes)
    past.lock(90, host: "slow", pid: 5000, fileLater: minutes)
    past.lock(10, host: "right", fileLater: 0.01)
    let finding = try #require(past.findings(.clockSkew).first)
    #expect(past.findings(.clockSkew).count == 1)
    #expect(finding.title == "the clock of slow is about 40m \(minutes > 0 ? "slow" : "fast")")
    #expect(finding.confidence == .likely)
    let run = try #require(past.analysis.timeline.runs.first { $0.record.hostname == "slow" })
    #expect(run.start == Past.at(minutes))
  }

  @Test("file times that a copy gave anew say nothing about clocks")
  func copiedTimes() {
    var past = Past()
    for hour in 0..<5 { past.lock(Double(hour) * 60, host: "h\(hour)", fileLater: 500 - Double(hour) * 60) }
    #expect(past.findings(.clockSkew).isEmpty)
    #expect(past.analysis.limits.contains { $0.contains("those of a copy") })
  }

  @Test("a snapshot of rustic is certain to have had no lock; one of restic only by what storage tells")
  func snapshotsWithoutLock() throws {
    var past = Past()
    let rustic = past.snapshot(0, 5, program: "rustic 0.9.5")
    past.snapshot(10, 15)
    #expect(past.findings(.snapshotWithoutLock).map(\.snapshotIDs) == [[rustic]])
    #expect(past.findings(.snapshotWithoutLock).first?.confidence == .certain)

    past.facts.listings = [
      AuditedListing(
        folder: "locks", entryCount: 0, byteCount: 0, lastChange: Past.at(7), oldest: nil, newest: nil)
    ]
    #expect(past.findings(.snapshotWithoutLock).flatMap(\.snapshotIDs).count == 2)
    #expect(past.findings(.snapshotWithoutLock).contains { $0.confidence == .likely })

    past.facts.listings = []
    past.facts.history = .complete
    #expect(past.findings(.snapshotWithoutLock).flatMap(\.snapshotIDs).count == 2)
  }

  @Test("a snapshot inside a run tells what the run was for; one across it is told apart")
  func purpose() throws {
    var past = Past()
    past.facts.history = .complete
    for minute in [0.0, 5, 10, 15] { past.lock(minute, origin: .version("\(minute)")) }
    past.snapshot(1, 14)
    let run = try #require(past.analysis.timeline.runs.first)
    #expect(run.purpose?.text == "backup" && run.snapshots.map(\.relation) == [.inside])
    past.snapshot(-30, 3)
    #expect(past.analysis.timeline.runs.first?.snapshots.map(\.relation) == [.inside, .across])
    #expect(past.findings(.snapshotAcrossLock).count == 1)
  }

  @Test(
    "the command of a living holder is read from its arguments",
    arguments: [
      (["restic", "-r", "backup", "prune"], "prune"), (["restic", "backup", "/srv"], "backup"),
      (["/usr/bin/restic", "--no-cache", "--repo", "/x", "repair", "index"], "repair index"),
      (["restic", "-p", "forget"], nil), (["restic"], nil), ([], nil),
    ] as [([String], String?)])
  func commandLine(arguments: [String], operation: String?) {
    #expect(ResticOperation.name(inCommandLine: arguments) == operation)
  }

  @Test("a thousand runs that all exclude each other are summed up, and end")
  func manyOverlaps() {
    var past = Past(now: 10_000)
    for index in 0..<1000 {
      past.lock(Double(index) * 0.01, host: "h\(index)", pid: Int64(index), exclusive: index % 2 == 0)
    }
    let found = past.findings(.forbiddenOverlap)
    #expect(found.count == 100)
    #expect(found.contains { $0.title.contains("more exclusive runs were at work beside others") })
  }
}
