import Foundation
import HostFacts
import ResticFormat
import ResticLocks
import ResticStorage
import TestSupport
import Testing
import WallTime

@testable import ReslockCommands

/// A holder on another host that refreshes as it should, for days: its lock is never older than five minutes.
@Suite("A holder elsewhere that goes on and on") struct LongHolderTests {
  private let folder: TemporaryFolder
  private let forge: RepositoryForge
  private static let start = UnixTime(seconds: 1_795_377_600)
  private static let hour: Double = 3600
  private static let criticalAge: Double = 25 * hour

  init() throws {
    folder = try TemporaryFolder("long-holder")
    forge = try RepositoryForge(at: folder.url.appendingPathComponent("repo"))
  }

  /// Writes the lock of the refresh at that time in the place of the one before; none where the holder is gone.
  private func refresh(at seconds: Double, isGone: Bool = false, pid: Int64 = 4711) throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: forge.url.path + "/locks") {
      try ObjectID(hex: name).map(forge.removeLock)
    }
    guard !isGone else { return }
    let time = Self.start.adding(seconds: seconds)
    try forge.addLock(
      record: LockRecord(
        time: LockTime(text: time.rfc3339, instant: time), isExclusive: false, hostname: "db7",
        username: "root", pid: pid, uid: 0, gid: 0),
      modified: time)
  }

  /// What another run of `check` finds, which knows of earlier ones only what they kept.
  private func check(at seconds: Double, bootID: String = "boot-1") async throws -> RepositoryCheck {
    let clock = ClockReading(
      now: Self.start.adding(seconds: seconds), sinceBootSeconds: 1000 + seconds, bootID: bootID,
      synchronisation: .synchronised(maximumErrorSeconds: 0.01))
    let storage = LocalStorage(path: forge.url.path)
    let inspector = Inspector(
      storage: storage,
      surroundings: Surroundings(
        clock: HostClock { clock }, host: HostIdentity(hostName: "web1", userID: 0),
        processes: ProcessTable { _ in ProcessSnapshot(clock: clock, facts: [:]) }, ownPID: 99,
        sightings: .folder(folder.path("sightings"))),
      locality: nil)
    let key = forge.masterKey
    let inspection = try await inspector.inspect { config, _ in
      try await RepositoryOpener(storage: storage).open(.masterKey(key), config: config)
    }
    let rules = CheckRules(
      operations: try CheckRules.defaultOperationNames.map(ResticOperation.named), version: .newest,
      isDefault: true, isStrict: false, warningAgeSeconds: CheckRules.defaultWarningAgeSeconds,
      criticalAgeSeconds: Self.criticalAge)
    return try RepositoryCheck(inspection, rules)
  }

  @Test("a check every ten minutes bears it for a day, then calls forget blocked, and critical at that age")
  func everyTenMinutes() async throws {
    for minute in stride(from: 0, through: 26 * 60, by: 5) {
      let seconds = Double(minute) * 60
      try refresh(at: seconds)
      guard minute % 10 == 0 else { continue }
      let check = try await check(at: seconds + 30)
      #expect(check.heldSeconds.map { $0 >= seconds } == true, "minute \(minute)")
      #expect(check.status == (seconds < 24 * Self.hour ? .done : .locked), "minute \(minute)")
      let state: NagiosState =
        seconds < 24 * Self.hour ? .ok : seconds < Self.criticalAge ? .warning : .critical
      #expect(check.nagiosState == state, "minute \(minute)")
    }
    let check = try await check(at: 26 * Self.hour + 60)
    let text = CheckText(check: check)
    #expect(text.sentence.contains("seen by us for 1d 2h"), "\(text.sentence)")
    #expect(
      text.reasons().contains { $0.contains("has been seen by us since 2026-11-22T20:00:30Z, for 1d 2h") },
      "\(text.reasons())")
  }

  @Test("a check once a day sees it too")
  func everyDay() async throws {
    for (day, state) in [NagiosState.ok, .warning, .critical].enumerated() {
      try refresh(at: Double(day) * 24 * Self.hour)
      #expect(try await check(at: Double(day) * 24 * Self.hour).nagiosState == state, "day \(day)")
    }
  }

  @Test("one that was gone at a look begins anew when it is back, whether or not another lock was there then")
  func goneBetween() async throws {
    for isFree in [true, false] {
      let first: Double = isFree ? 0 : 200 * Self.hour
      for hours in [0.0, 12, 20] {
        try refresh(at: first + hours * Self.hour)
        _ = try await check(at: first + hours * Self.hour)
      }
      try refresh(at: first + 21 * Self.hour, isGone: isFree, pid: 4712)
      _ = try await check(at: first + 21 * Self.hour)
      for hours in [22.0, 30, 45] {
        try refresh(at: first + hours * Self.hour)
        let check = try await check(at: first + hours * Self.hour)
        #expect(check.status == .done, "hour \(hours)")
        #expect(check.heldSeconds == (hours - 22) * Self.hour)
      }
    }
  }

  /// Disks take turns under one mount point: the free one made the holder on the other one begin anew.
  @Test("another repository that is free in the same place says nothing about it")
  func anotherInItsPlace() async throws {
    try refresh(at: 0)
    _ = try await check(at: 0)
    let aside = folder.path("aside")
    try FileManager.default.moveItem(atPath: forge.url.path, toPath: aside)
    _ = try RepositoryForge(at: forge.url)
    #expect(try await check(at: 12 * Self.hour).status == .done)
    try FileManager.default.removeItem(at: forge.url)
    try FileManager.default.moveItem(atPath: aside, toPath: forge.url.path)
    try refresh(at: 24 * Self.hour)
    #expect(try await check(at: 24 * Self.hour).heldSeconds == 24 * Self.hour)
  }

  @Test("after a boot of this machine it begins anew")
  func boot() async throws {
    try refresh(at: 0)
    _ = try await check(at: 0)
    try refresh(at: 30 * Self.hour)
    #expect(try await check(at: 30 * Self.hour, bootID: "boot-2").status == .done)
  }
}
