import ResticFormat
import TestSupport
import Testing

/// Holders that share a PID, and little else.
@Suite struct NamesakeTests {
  /// How the newer lock differs from the older one, whose holder has one more chance to refresh.
  enum Difference: CaseIterable {
    case nothing, host, userName, userID, kind, pid
  }

  @Test(
    "a lock that is late is superseded by a newer one of the very same holder, and by no namesake's",
    arguments: Difference.allCases)
  func superseded(difference: Difference) async throws {
    let repository = try ScenarioRepository()
    let older = try repository.addLock(pid: 48_213, secondsAgo: 1500, hostname: "web7", uid: 1000)
    let newer = try repository.addLock(
      pid: difference == .pid ? 48_214 : 48_213, secondsAgo: 180,
      hostname: difference == .host ? "web8" : "web7", exclusive: difference == .kind,
      username: difference == .userName ? "backup" : "root", uid: difference == .userID ? 1001 : 1000)
    let answer = try await Unlocking(repository).unlock(["--yes", "--trust-clock"])
    let isSameHolder = difference == .nothing
    #expect(answer.ids("removed") == (isSameHolder ? [older] : []))
    #expect(repository.lockNames == (isSameHolder ? [newer] : [older, newer]))
  }
}
