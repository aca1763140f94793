import Foundation
import ResticFormat
import TestSupport
import Testing
import WallTime

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Accidents whose truth is known.
///
/// Those with living restics take real ones; those that need other clocks, or days, take
/// locks sealed by the tests' own writer.
@Suite("An audit finds what happened")
struct IncidentTests {
  private static let asOtherHost = ["unshare", "--uts", "sh", "-c", "hostname otherhost; exec \"$@\"", "sh"]

  /// Lets a backup write its snapshot; what it does about its lost lock then takes it a minute.
  private static func finish(_ holder: Holder, in repository: ScenarioRepository) async throws {
    // Of nothing it makes no snapshot.
    try holder.child.writeInput(Data("saved\n".utf8))
    holder.child.closeInput()
    let snapshots = repository.url.appendingPathComponent("snapshots")
    try await eventually("restic writes its snapshot") {
      ScenarioRepository.lockNames(in: snapshots).isEmpty ? nil : true
    }
    try await holder.kill()
  }

  @Test(
    "a suspended backup whose lock another host removed by force, and that went on and wrote its snapshot")
  func removedWhileSuspended() async throws {
    try Machine.requireRoot()
    let repository = try ScenarioRepository()
    let restic = ResticBinary.oldest
    let holder = try await restic.hold(in: repository.url)
    let id = try #require(holder.locks.first)
    holder.child.kill(SIGSTOP)
    try await Unlocking(repository).unlock(["--id", id, "--force", "--yes"], launcher: Self.asOtherHost)
    // The snapshot must be later than the removal by more than clocks and writes are imprecise.
    try await Task.sleep(for: .seconds(4))
    holder.child.kill(SIGCONT)
    try await Self.finish(holder, in: repository)
    let audit = try await WrittenAudit.make(of: repository)
    let removal = try audit.report.finding("risky_removal")
    #expect(removal.lockIds == [id])
    #expect(removal.evidence.contains { $0.contains("@otherhost") }, "\(removal.evidence)")
    let continued = try audit.report.finding("continued_after_removal")
    #expect(continued.severity == "alarm" && continued.lockIds.contains(id))
    #expect(continued.snapshotIds == audit.report.snapshots.map(\.id) && continued.snapshotIds.count == 1)
    #expect(audit.report.runs.first?.purpose?.operation == "backup")
  }

  @Test("a prune beside a backup whose lock was removed by force")
  func pruneBesideBackup() async throws {
    try Machine.requireRoot()
    let repository = try ScenarioRepository()
    let restic = ResticBinary.oldest
    let backup = try await restic.hold(in: repository.url)
    let removed = try #require(backup.locks.first)
    try await Unlocking(repository).unlock(["--id", removed, "--force", "--yes"])
    let prune = try await restic.stop(["prune"], in: repository.url)
    try await Task.sleep(for: .seconds(4))
    try await Self.finish(backup, in: repository)
    let audit = try await WrittenAudit.make(of: repository)
    let overlap = try audit.report.finding("forbidden_overlap")
    #expect(overlap.severity == "alarm" && overlap.confidence == "certain", "\(overlap)")
    #expect(Set(overlap.lockIds) == prune.locks.union([removed]))
    // Its process still runs, and says what it does.
    let run = try #require(audit.report.runs.first { $0.exclusive })
    #expect(run.purpose?.operation == "prune" && run.purpose?.confidence == "certain")
    try await prune.kill()
  }

  @Test("forty leftovers of one holder, a day apart (sealed by the tests)")
  func fortyLeftovers() async throws {
    let repository = try ScenarioRepository()
    var ids: Set<String> = []
    for day in 1...40 {
      ids.insert(try repository.addLock(pid: 7, secondsAgo: Double(day) * 86_400, hostname: "container"))
    }
    let finding = try await WrittenAudit.make(of: repository).report.finding("leftovers")
    #expect(Set(finding.lockIds) == ids && finding.title.hasPrefix("40 locks of root@container (PID 7)"))
  }

  @Test("a clock 40 minutes slow (sealed by the tests)")
  func slowClock() async throws {
    let repository = try ScenarioRepository()
    for turn in 1...3 {
      let age = Double(turn) * 7200
      try repository.addLock(
        pid: 2000 + Int64(turn), secondsAgo: age + 2400, hostname: "slowpoke", fileSecondsAgo: age)
    }
    try repository.addLock(pid: 99, secondsAgo: 9000, hostname: "right")
    let report = try await WrittenAudit.make(of: repository).report
    #expect(report.findings.filter { $0.kind == "clock_skew" }.count == 1)
    // Between the sealing of a lock and the time of its file a busy machine lets minutes pass.
    let title = try report.finding("clock_skew").title
    #expect(title.contains(/^the clock of slowpoke is about 4\dm slow$/))
    #expect(try report.finding("clock_skew").confidence == "likely")
  }

  @Test("a lock edited by hand, of which the rest can still be read", arguments: [1, 2])
  func editedLock(version: Int) async throws {
    let repository = try ScenarioRepository(version: version)
    let id = try repository.addLock(pid: 4711, secondsAgo: 60, hostname: "web1")
    let file = repository.locks.appendingPathComponent(id)
    var bytes = try Data(contentsOf: file)
    // The last byte of the code; the content is as it was.
    bytes[bytes.count - 1] ^= 1
    try bytes.write(to: file)
    let audit = try await WrittenAudit.make(of: repository)
    let finding = try audit.report.finding("damaged_lock")
    #expect(finding.lockIds == [id] && finding.title.contains("the bytes were changed"))
    #expect(finding.evidence.contains { $0.contains("nothing vouches for it: shared, root@web1 (PID 4711)") })
    #expect(audit.report.locks.first?.unauthenticated?.pid == 4711)
    // The bundle says of the same lock what the report says, and is whole.
    let verification = try await ReslockBinary.run(
      ["audit", "verify", audit.bundle.path], repository: repository.url)
    #expect(verification.exitCode == 0, "\(verification.stdout)")
    #expect(verification.stdout.contains("0 of 1 locks are sealed"))
  }

  @Test(
    "writers without a lock: a rustic by its name, and another by the untouched folder (sealed by the tests)")
  func writersWithoutLock() async throws {
    let repository = try ScenarioRepository()
    try repository.addLock(pid: 1, secondsAgo: 90_000, hostname: "left")
    let now = UnixTime(secondsSinceEpoch: Date().timeIntervalSince1970)
    let rustic = try repository.forge.addSnapshot(
      start: now.adding(seconds: -50_000).rfc3339, hostname: "r1", program: "rustic 0.9.5",
      modified: now.adding(seconds: -49_000))
    for (path, age) in [("config", 200_000.0), ("locks", 30_000)] {
      try RepositoryForge.setModified(
        repository.url.appendingPathComponent(path), now.adding(seconds: -age))
    }
    let quiet = try repository.forge.addSnapshot(
      start: now.adding(seconds: -20_000).rfc3339, end: now.adding(seconds: -19_000).rfc3339, hostname: "q1",
      modified: now.adding(seconds: -19_000))
    let earlier = try repository.forge.addSnapshot(
      start: now.adding(seconds: -40_000).rfc3339, end: now.adding(seconds: -39_000).rfc3339, hostname: "e1",
      modified: now.adding(seconds: -39_000))
    let findings = try await WrittenAudit.make(of: repository).report.findings
      .filter { $0.kind == "snapshot_without_lock" }
    #expect(findings.first { $0.snapshotIds == [rustic.hex] }?.confidence == "certain", "\(findings)")
    #expect(findings.first { $0.snapshotIds == [quiet.hex] }?.confidence == "likely", "\(findings)")
    #expect(!findings.contains { $0.snapshotIds.contains(earlier.hex) })
  }

  @Test("a failure in a log is told with the holder's lock")
  func logs() async throws {
    let repository = try ScenarioRepository()
    let restic = ResticBinary.newest
    let holder = try await restic.hold(in: repository.url)
    let refused = try await restic.run(["prune"], repository: repository.url)
    let log = repository.folder.url.appendingPathComponent("restic.log")
    try Data(refused.stderrBytes).write(to: log)
    let audit = try await WrittenAudit.make(of: repository, ["--log", log.path])
    let finding = try audit.report.finding("log_failure")
    #expect(finding.title.contains("PID \(holder.pid)") && Set(finding.lockIds) == holder.locks, "\(finding)")
    try await holder.kill()
  }

  @Test("a whole day of real restic's work leaves nothing to find")
  func nothing() async throws {
    let repository = try ScenarioRepository()
    let restic = ResticBinary.newest
    for arguments in [
      ["backup", repository.forge.url.appendingPathComponent("keys").path], ["check"], ["prune"],
    ] {
      let result = try await restic.run(arguments, repository: repository.url)
      try #require(result.exitCode == 0, "\(result.what)")
    }
    let report = try await WrittenAudit.make(of: repository).report
    #expect(report.findings.isEmpty, "\(report.findings)")
    #expect(report.snapshots.count == 1 && report.locks.isEmpty)
  }
}
