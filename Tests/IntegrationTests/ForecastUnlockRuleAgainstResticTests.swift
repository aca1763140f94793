import Foundation
import ResticFormat
import ResticLocks
import TestSupport
import Testing

/// Plain `restic unlock`, run on locks of which each is a case of its rule.
@Suite("The unlock rule against real restic") struct ForecastUnlockRuleAgainstResticTests {
  private static let canBecomeAnotherUser: Bool = {
    #if os(Linux)
      geteuid() == 0
    #else
      false
    #endif
  }()

  private struct Case {
    let id: String
    let subject: ResticUnlockRule.Subject
  }

  @Test("what goes and what stays is as the rule says", arguments: ResticBinary.all)
  func asRoot(binary: ResticBinary) async throws {
    let child = try Self.childThatIgnoresHangUps()
    // Not PID 0 or -1: a restic that did not refuse them would signal more than one process.
    let ended = try await Self.pidOfAnEndedProcess()
    try await check(
      binary, rule: .meant, processes: [(Int64(child.pid), .exists), (Int64(ended), .noSuchProcess)])
    #expect(child.isRunning)
  }

  @Test("a user who may not signal the holder removes its lock", arguments: ResticBinary.all)
  func asAnotherUser(binary: ResticBinary) async throws {
    try #require(Self.canBecomeAnotherUser, "this test must be run as root, with setpriv")
    let child = try Self.childThatIgnoresHangUps()
    try await check(
      binary, rule: .asImplemented,
      processes: [(Int64(child.pid), .notPermitted), (0, .notAsked), (-1, .notAsked)],
      // May read and write every file, wherever the checkout lies, but not signal root's processes.
      launcher: [
        "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all,+dac_override",
        "--ambient-caps=-all,+dac_override",
      ])
    #expect(child.isRunning)
  }

  private func check(
    _ binary: ResticBinary, rule: ResticUnlockRule, processes: [(Int64, ResticUnlockRule.ProcessAnswer)],
    launcher: [String] = []
  ) async throws {
    let repository = try await ForecastRepositories.shared.repository(of: binary)
    let (copy, cases) = try repository.copy { try Self.write(processes, of: repository, in: $0) }
    defer { try? FileManager.default.removeItem(at: copy) }
    let result = try await binary.run(["unlock"], repository: copy, launcher: launcher)
    #expect(result.exitCode == 0, "\(result.stderr)")
    let left = try FileManager.default.contentsOfDirectory(atPath: copy.path + "/locks")
    for lock in cases {
      let decision = rule.decision(on: lock.subject)
      #expect(left.contains(lock.id) == !decision.removes, "\(lock.subject): \(decision.reason)")
    }
  }

  private static func write(
    _ processes: [(Int64, ResticUnlockRule.ProcessAnswer)], of repository: ForecastRepository, in locks: URL
  ) throws -> [Case] {
    let ourName = try nodeName()
    var cases: [Case] = []
    for age in [-86_400.0, 60, 1740, 1860] {
      let id = try repository.write(try repository.sealedLock(ageSeconds: age), in: locks).hex
      cases.append(
        Case(id: id, subject: .readable(ageSeconds: age, isOurHost: false, pid: 4711, process: .notAsked)))
    }
    for (pid, answer) in processes {
      for age in [60.0, 1860] {
        let lock = try repository.sealedLock(ageSeconds: age, hostname: ourName, pid: pid)
        let id = try repository.write(lock, in: locks).hex
        cases.append(
          Case(id: id, subject: .readable(ageSeconds: age, isOurHost: true, pid: pid, process: answer)))
      }
    }
    let cut = try repository.write(Array(try repository.sealedLock().prefix(25)), in: locks).hex
    cases.append(Case(id: cut, subject: .unusable))
    let empty = String(repeating: "e", count: 64)
    try Data().write(to: locks.appendingPathComponent(empty))
    cases.append(Case(id: empty, subject: .empty))
    try Data("x".utf8).write(to: locks.appendingPathComponent(".DS_Store"))
    cases.append(Case(id: ".DS_Store", subject: .notALock))
    return cases
  }

  private static func nodeName() throws -> String {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { throw SetupFailure(description: "no host name") }
    return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// restic really sends SIGHUP.
  private static func childThatIgnoresHangUps() throws -> ChildProcess {
    let child = try ChildProcess(
      executable: "sh", arguments: ["-c", "trap '' HUP; echo ready; exec cat"],
      environment: TestEnvironment.clean, input: .pipe)
    while child.isRunning, !child.stdoutSoFar.contains("ready") { usleep(1000) }
    return child
  }

  private static func pidOfAnEndedProcess() async throws -> pid_t {
    let child = try ChildProcess(
      executable: "true", arguments: [], environment: TestEnvironment.clean)
    try await child.wait()
    return child.pid
  }
}
