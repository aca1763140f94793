import HostFacts
import ResticFormat
import ResticLocks
import Testing
import WallTime

@testable import ReslockCommands

@Suite("What status advises") struct AdviceTests {
  private static let now = UnixTime(seconds: 1_795_377_600)

  /// A lock of this machine that some process may hold.
  private static func held(by process: ProcessFacts, isRecognised: Bool) -> Inspection {
    let id = ObjectID(hashOf: [1])
    let record = LockRecord(
      time: LockTime(text: now.rfc3339, instant: now), isExclusive: false, hostname: "web1",
      username: "root", pid: process.hostPID, uid: 0, gid: 0)
    let evidence = LockEvidence(
      clock: ClockReading(
        now: now, sinceBootSeconds: 1000, bootID: "boot-1", synchronisation: .unknown),
      soundness: .unsound, lockTime: now, silence: Silence(),
      host: HostMatch(lockHostname: "web1", hostName: "web1", aliases: []),
      process: ProcessEvidence(.alive, ["it is there"], process: process, isRecognised: isRecognised),
      lineage: LineageEvidence(), locality: nil)
    let lock = LockFile(
      name: id.hex, id: id, byteCount: 147, modified: now, record: record, defect: nil)
    return Inspection(
      location: "/r",
      assessments: [
        Assessment(lock: lock, evidence: evidence, verdict: .held, rule: "", reasons: [], isStuck: false)
      ])
  }

  @Test("a signal is proposed to a process that looks like restic, and to no other")
  func signalsOnlyRestic() throws {
    let restic = ProcessFacts(hostPID: 4711, commandName: "restic", runningSeconds: 120)
    let advice = try #require(Advice(Self.held(by: restic, isRecognised: true)).lines.first)
    #expect(advice.contains("wait for process 4711 (running for 2m"))
    #expect(advice.contains("kill -INT 4711"))
    let hiding = try #require(Advice(Self.held(by: restic, isRecognised: false)).lines.first)
    #expect(hiding.contains("wait for its holder"))
    #expect(!hiding.contains("kill"))
  }

  @Test("no signal is proposed to PID 1, although its command line has restic in it")
  func noSignalToInit() throws {
    let initial = ProcessFacts(hostPID: 1, commandName: "restic-entrypoint", runningSeconds: 120)
    let advice = try #require(Advice(Self.held(by: initial, isRecognised: true)).lines.first)
    #expect(advice.contains("wait for process 1"))
    #expect(!advice.contains("kill"))
  }
}
