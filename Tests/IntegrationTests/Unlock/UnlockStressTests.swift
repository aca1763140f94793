#if os(Linux)
  import Foundation
  import Glibc
  import ResticLocks
  import Synchronization
  import TestSupport
  import Testing

  extension ProcessScenarios {
    /// Real restics that start, stop, go on and die at random while their locks are being removed.
    @Suite struct UnlockStressTests {
      private static let environment = ProcessInfo.processInfo.environment
      /// `make test-long` asks for more.
      private static let roundCount = environment["STRESS_ROUNDS"].flatMap { Int($0) } ?? 300
      private static let seed = environment["STRESS_SEED"].flatMap { UInt64($0) } ?? 20_261_124

      @Test("no lock of a living restic is removed, and those of killed ones are")
      func reslock() async throws {
        let stress = try await StressRun(seed: Self.seed)
        let unlockers = (
          Task { try await stress.unlockAgainAndAgain("root", launcher: []) },
          Task { try await stress.unlockAgainAndAgain("nobody", launcher: StressHolder.otherUser) }
        )
        try await stress.rounds(Self.roundCount)
        try await stress.endAll()
        stress.stopUnlocking()
        let runs = (try await unlockers.0.value, try await unlockers.1.value)
        let waitsForGrace = try await stress.lastUnlock(
          waitsOutGrace: Self.environment["STRESS_ROUNDS"] != nil)
        try await stress.ledger.stop()

        let holders = stress.ledger.holders
        print("reslock unlock: \(stress.figures), runs \(runs), waiting for grace \(waitsForGrace.count)")
        #expect(stress.ledger.wronged.isEmpty, "\(stress.ledger.wronged)")
        let killed = holders.filter(\.wasKilled)
        #expect(killed.count > Self.roundCount / 10 && runs.0 > 3 && runs.1 > 3)
        // A restic that ends by itself has removed its lock before.
        let removed = stress.removed
        #expect(removed.isSubset(of: killed.map(\.lock)), "\(removed.subtracting(killed.map(\.lock)))")
        #expect(removed.isSubset(of: holders.filter(\.isOurHost).map(\.lock)))
        let others = Set(killed.filter { !$0.isOurHost }.map(\.lock))
        #expect(!others.isEmpty && stress.ledger.present == others.union(waitsForGrace))
        let later = try await stress.repository.unlockLater(bySeconds: 3600)
        #expect(later.outcomes.allSatisfy { $0.kind == .removed } && stress.repository.lockNames.isEmpty)
        #expect(stress.failures.isEmpty, "\(stress.failures)")
      }

      @Test("the same rounds with restic unlock cost living restics their locks, and the ledger tells")
      func restic() async throws {
        let stress = try await StressRun(seed: Self.seed)
        let unlocker = Task { try await stress.resticUnlockAgainAndAgain() }
        try await stress.rounds(max(30, Self.environment["STRESS_ROUNDS"] != nil ? Self.roundCount : 30))
        let wronged = stress.ledger.wronged
        try await stress.endAll()
        stress.stopUnlocking()
        let runs = try await unlocker.value
        try await stress.ledger.stop()
        print(
          "restic unlock: \(stress.figures), runs \(runs), living holders' locks removed \(wronged.count)")
        #expect(!wronged.isEmpty)
      }
    }
  }

  /// One run of the stress test: its repository, its restics and what it learned.
  private final class StressRun: Sendable {
    let repository: ScenarioRepository
    let ledger: StressLedger
    private let random: TestRandom
    private let containerPID: Int64
    private let living = Mutex<[StressHolder]>([])
    private let notes = Mutex(Notes())

    private struct Notes {
      var removed: Set<String> = []
      var failures: [String] = []
      var counts: [String: Int] = [:]
      var isStopped = false
    }

    init(seed: UInt64) async throws {
      try Machine.requireWholeView()
      repository = try ScenarioRepository()
      random = TestRandom(seed: seed)
      containerPID = try #require(
        (200..<4000).map(Int64.init).first { kill(pid_t($0), 0) != 0 }, "no PID below 4000 is free")
      chmod(repository.folder.path, 0o750)
      for byte in 0..<256 {
        try FileManager.default.createDirectory(
          at: repository.url.appendingPathComponent("data/" + String(format: "%02x", byte)),
          withIntermediateDirectories: true)
      }
      let shared = try await ChildProcess.run(
        "sh", ["-c", #"chgrp -R 0 "$0" && chmod -R g+rwX "$0""#, repository.url.path])
      try #require(shared.exitCode == 0, "\(shared.what)")
      ledger = try StressLedger(repository.locks)
    }

    var removed: Set<String> { notes.withLock { $0.removed } }
    var failures: [String] { notes.withLock { $0.failures } }
    var figures: String {
      let counts = notes.withLock { $0.counts }.sorted { $0.key < $1.key }
      return counts.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        + ", locks removed \(removed.count)"
    }

    func stopUnlocking() { notes.withLock { $0.isStopped = true } }

    private func pick(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }
    private func count(_ what: String) { notes.withLock { $0.counts[what, default: 0] += 1 } }
    private func fail(_ what: String) { notes.withLock { $0.failures.append(what) } }

    func rounds(_ count: Int) async throws {
      let start = ContinuousClock.now
      for _ in 0..<count {
        try await round()
        try await Task.sleep(for: .milliseconds(pick(60)))
      }
      notes.withLock { $0.counts["seconds"] = Int((ContinuousClock.now - start).components.seconds) }
    }

    private func round() async throws {
      count("rounds")
      let holders = living.withLock { $0 }
      let choice = pick(100)
      if holders.count < 2 || (holders.count < 6 && choice < 50) { return try await start() }
      let index = pick(holders.count)
      let holder = holders[index]
      switch choice % 10 {
      case 0..<4: try await end(holder, at: index)
      case 4, 5:
        holder.signal(SIGSTOP)
        living.withLock { $0[index].isStopped = true }
        count("stopped")
      case 6, 7:
        holder.signal(SIGCONT)
        living.withLock { $0[index].isStopped = false }
        count("continued")
      default: try await finish(holder, at: index)
      }
    }

    private func start() async throws {
      let place = StressHolder.Place.allCases[pick(StressHolder.Place.allCases.count)]
      let restic = ResticBinary.all[pick(ResticBinary.all.count)]
      let known = ledger.everSeen
      let child = try restic.start(
        ["backup", "--stdin"], repository: repository.url,
        launcher: StressHolder.launcher(place, containerPID: containerPID))
      let lock = try await eventually("restic \(restic.version) in \(place) takes its lock", within: 120) {
        if !child.isRunning { throw NeverHappened(description: "\(place): \(try await child.wait().what)") }
        return ledger.everSeen.subtracting(known).first
      }
      try await eventually("restic lets others read its lock, or has lost it") {
        othersCanRead(lock) ? true : nil
      }
      let pid = try await eventually("restic is found") { StressHolder.resticPID(under: child.pid) }
      let isOurHost = place.isOurHost
      ledger.add(
        StressLedger.Holder(name: "restic \(restic.version) in \(place)", lock: lock, isOurHost: isOurHost))
      living.withLock {
        $0.append(StressHolder(child: child, pid: pid, lock: lock, isOurHost: isOurHost))
      }
      count("started")
      count("started in \(place)")
      if pick(3) == 0 { age(lock) }
    }

    /// restic writes a lock that only its user can read, and then gives it its permissions; killed in between, it leaves
    /// one that stops restics of all other users.
    private func othersCanRead(_ lock: String) -> Bool {
      var status = stat()
      guard stat(repository.locks.appendingPathComponent(lock).path, &status) == 0 else { return true }
      return status.st_mode & S_IRGRP != 0
    }

    /// Makes one of the two clocks wrong: the file looks two hours old while its holder lives.
    private func age(_ lock: String) {
      let time = timespec(tv_sec: time(nil) - 7200, tv_nsec: 0)
      let path = repository.locks.appendingPathComponent(lock).path
      if utimensat(AT_FDCWD, path, [time, time], 0) == 0 { count("aged") }
    }

    private func end(_ holder: StressHolder, at index: Int) async throws {
      living.withLock { _ = $0.remove(at: index) }
      ledger.willEnd(holder.lock, byKilling: true)
      try await holder.end(wholePlace: pick(2) == 0)
      count("killed")
    }

    private func finish(_ holder: StressHolder, at index: Int) async throws {
      living.withLock { _ = $0.remove(at: index) }
      holder.signal(SIGCONT)
      ledger.willEnd(holder.lock, byKilling: false)
      try holder.child.writeInput(Data("round \(pick(1_000_000))".utf8))
      holder.child.closeInput()
      let end = try await holder.child.wait()
      if end.exitCode != 0 { fail("a restic that nobody killed ended otherwise: \(end.what)") }
      count("finished")
    }

    func endAll() async throws {
      while let holder = living.withLock({ $0.last }) {
        try await end(holder, at: living.withLock { $0.count } - 1)
      }
    }

    /// Answers the number of runs.
    func unlockAgainAndAgain(_ user: String, launcher: [String]) async throws -> Int {
      let state = try TemporaryFolder("state-\(user)")
      chown(state.path, user == "root" ? 0 : 65534, 0)
      var runs = 0
      while !notes.withLock({ $0.isStopped }) {
        try await unlock(user, state: state, launcher: launcher)
        runs += 1
      }
      let verify = try await ReslockBinary.run(
        ["journal", "verify"], environment: ["XDG_STATE_HOME": state.path], launcher: launcher)
      if verify.exitCode != 0 { fail("\(user): journal verify: \(verify.what) \(verify.stdout)") }
      return runs
    }

    @discardableResult
    private func unlock(
      _ user: String, state: TemporaryFolder, launcher: [String]
    ) async throws -> UnlockAnswer? {
      let result = try await ReslockBinary.run(
        ["unlock", "--json", "--trust-clock"], repository: repository.url,
        environment: ["XDG_STATE_HOME": state.path],
        launcher: launcher)
      // A lock that restic is only giving its permissions to can't be read by everybody yet.
      guard result.exitCode == 0 || (user != "root" && result.exitCode == 1),
        let answer = try? JSONDecoder.snakeCase.decode(UnlockAnswer.self, from: Data(result.stdoutBytes))
      else {
        fail("\(user): \(result.what)\(result.stdout)")
        return nil
      }
      notes.withLock { $0.removed.formUnion(answer.ids("removed")) }
      for lock in answer.locks where lock.outcome == "failed" { fail("\(user): \(lock.outcomeReason)") }
      for alarm in answer.sightings where alarm.kind == "alarm" { fail("\(user): alarm: \(alarm.reason)") }
      if !answer.errors.isEmpty { fail("\(user): \(answer.errors)") }
      return answer
    }

    /// Removes what is left once everybody is dead, but for twins: they keep each other's locks for two minutes.
    ///
    /// Answers the locks that wait for that.
    func lastUnlock(waitsOutGrace: Bool) async throws -> Set<String> {
      let state = try TemporaryFolder("state-last")
      return try await eventually("the last locks go") {
        let answer = try #require(await unlock("root", state: state, launcher: []))
        let waiting = answer.locks.filter {
          $0.outcome == "kept" && $0.verdict == "dead" && $0.outcomeReason.contains("younger than 2 minutes")
        }
        if !waitsOutGrace || waiting.isEmpty { return Set(waiting.map(\.id)) }
        try await Task.sleep(for: .seconds(5))
        return nil
      }
    }

    func resticUnlockAgainAndAgain() async throws -> Int {
      var runs = 0
      while !notes.withLock({ $0.isStopped }) {
        _ = try await ResticBinary.newest.run(["unlock"], repository: repository.url)
        runs += 1
      }
      return runs
    }
  }
#endif
