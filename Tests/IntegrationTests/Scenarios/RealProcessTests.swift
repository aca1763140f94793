#if os(Linux)
  import Foundation
  import Glibc
  import TestSupport
  import Testing

  /// One after the other: a process in a container may have any PID there, and so be taken for the holder that
  /// another test looks for.
  @Suite(.serialized) enum ProcessScenarios {}

  extension ProcessScenarios {
    /// Verdicts on processes of this machine, each in a state that a naive look misjudges.
    @Suite struct RealProcessTests {
      private static let hours: Double = 3600

      @Test("a lock whose stopped holder does not refresh is held and stuck", arguments: [1, 2])
      func stopped(version: Int) async throws {
        try Machine.requireWholeView()
        let repository = try ScenarioRepository(version: version)
        let holder = try await ResticBinary.newest.hold(in: repository.url)
        holder.child.kill(SIGSTOP)
        try await eventually("restic stops") { hasStopped(holder.pid) ? true : nil }
        let young = try await ReslockBinary.lock(of: repository.url)
        #expect(holder.locks == [young.id] && young.verdict == "held" && !young.stuck)
        #expect(young.evidence?.process.process?.state?.contains("stopped") == true)

        try repository.clearLocks()
        try repository.addLock(pid: Int64(holder.pid), secondsAgo: 26 * Self.hours)
        for flags in [[], ["--trust-clock"]] {
          let old = try await ReslockBinary.lock(of: repository.url, flags)
          #expect(old.verdict == "held" && old.stuck, "\(old.reasons)")
        }
        let status = try await ReslockBinary.run(["status", "--json"], repository: repository.url)
        let advice = try status.answer(StatusView.self).advice.joined(separator: " ")
        #expect(advice.contains("kill -CONT \(holder.pid)"), "\(advice)")
        try await holder.kill()
      }

      @Test("a holder that has ended and is not collected yet is dead")
      func zombie() async throws {
        try Machine.requireWholeView()
        let repository = try ScenarioRepository()
        let holder = try await ResticBinary.newest.hold(in: repository.url)
        holder.child.kill(SIGKILL)
        try await eventually("restic ends") { holder.child.isRunning ? nil : true }
        // Not waited for, so the zombie stays, and its last thread may take its time.
        let lock = try await eventually("the last thread ends") {
          let lock = try await ReslockBinary.lock(of: repository.url)
          return lock.processState == "absent" ? lock : nil
        }
        #expect(kill(holder.pid, 0) == 0)
        #expect(lock.verdict == "dead", "\(lock.reasons)")
        #expect(lock.reasons.contains { $0.contains("zombie") })
        withExtendedLifetime(holder) {}
      }

      @Test("a zombie whose thread lives on is no dead holder")
      func zombieLeader() async throws {
        try Machine.requireWholeView()
        let (child, _) = try await Machine.startHelper("thread-leader-exits")
        let repository = try ScenarioRepository()
        try repository.addLock(pid: Int64(child.pid), secondsAgo: 26 * Self.hours)
        let lock = try await ReslockBinary.lock(of: repository.url, ["--trust-clock"])
        #expect(lock.processState != "absent", "\(lock.reasons)")
        #expect(lock.verdict != "fresh")
      }

      @Test("a PID that is now a thread's is not alive, and with a young lock not dead either")
      func threadID() async throws {
        try Machine.requireWholeView()
        let (child, thread) = try await Machine.startHelper("thread")
        #expect(kill(pid_t(thread), 0) == 0 && thread != Int64(child.pid))
        let repository = try ScenarioRepository()
        try repository.addLock(pid: thread)
        let young = try await ReslockBinary.lock(of: repository.url, ["--trust-clock"])
        #expect(young.processState == "other" && young.verdict == "fresh", "\(young.reasons)")
        try repository.clearLocks()
        try repository.addLock(pid: thread, secondsAgo: 2 * Self.hours)
        let old = try await ReslockBinary.lock(of: repository.url, ["--trust-clock"])
        #expect(old.processState == "other", "\(old.reasons)")
        #expect(old.verdict == "dead" || old.verdict == "expired", "\(old.reasons)")
        withExtendedLifetime(child) {}
      }

      @Test("a PID that is now a kernel thread's is not alive")
      func kernelThread() async throws {
        try Machine.requireWholeView()
        let repository = try ScenarioRepository()
        try repository.addLock(pid: 2)
        let young = try await ReslockBinary.lock(of: repository.url, ["--trust-clock"])
        #expect(young.processState == "other" && young.verdict == "fresh", "\(young.reasons)")
        try repository.clearLocks()
        try repository.addLock(pid: 2, secondsAgo: 2 * Self.hours)
        let old = try await ReslockBinary.lock(of: repository.url, ["--trust-clock"])
        #expect(old.processState == "other")
        // Dead where the machine came up after the lock was written.
        #expect(old.verdict == "dead" || old.verdict == "expired", "\(old.reasons)")
      }

      @Test("a PID that now belongs to another, younger program: dead when silent, fresh when young")
      func otherProgram() async throws {
        try Machine.requireWholeView()
        let child = try ChildProcess(
          executable: "sleep", arguments: ["300"], environment: TestEnvironment.clean)
        let repository = try ScenarioRepository()
        try repository.addLock(pid: Int64(child.pid), secondsAgo: 5)
        let young = try await ReslockBinary.lock(of: repository.url, ["--trust-clock"])
        #expect(young.processState == "other" && young.verdict == "fresh", "\(young.reasons)")
        try repository.clearLocks()
        try repository.addLock(pid: Int64(child.pid), secondsAgo: 15 * 60)
        let old = try await ReslockBinary.lock(of: repository.url, ["--trust-clock"])
        #expect(old.processState == "other" && old.verdict == "dead", "\(old.reasons)")
        child.kill(SIGKILL)
      }

      @Test("a PID that now belongs to a younger restic: held, and the doubt is told")
      func youngerRestic() async throws {
        try Machine.requireWholeView()
        let repository = try ScenarioRepository()
        let other = try ScenarioRepository()
        let holder = try await ResticBinary.newest.hold(in: other.url)
        try repository.addLock(pid: Int64(holder.pid), secondsAgo: 2 * Self.hours)
        let lock = try await ReslockBinary.lock(of: repository.url, ["--trust-clock"])
        #expect(lock.verdict == "held" && lock.stuck, "\(lock.reasons)")
        #expect(lock.reasons.contains { $0.contains("younger") }, "\(lock.reasons)")
        try await holder.kill()
      }

      @Test("root's restic looked at by another user is held, although restic unlock takes it for dead")
      func rootLookedAtByNobody() async throws {
        try Machine.requireWholeView()
        let repository = try ScenarioRepository()
        let holder = try await ResticBinary.newest.hold(in: repository.url)
        try await repository.makeReadable(with: holder.locks)
        let lock = try await ReslockBinary.lock(of: repository.url, launcher: Machine.asNobody)
        #expect(
          holder.locks == [lock.id] && lock.verdict == "held" && lock.processState == "alive",
          "\(lock.reasons)")

        let copy = try await repository.copy()
        let given = try await ChildProcess.run("chown", ["-R", "65534:65534", copy.path])
        #expect(given.exitCode == 0)
        let unlock = try await ResticBinary.newest.run(
          ["unlock"], repository: copy, launcher: Machine.asNobody)
        #expect(unlock.exitCode == 0, "\(unlock.what)")
        #expect(ScenarioRepository.lockNames(in: copy.appendingPathComponent("locks")).isEmpty)
        #expect(holder.child.isRunning)
        try await holder.kill()
      }

      @Test("another user's restic looked at by root is held")
      func nobodyLookedAtByRoot() async throws {
        try Machine.requireWholeView()
        let repository = try ScenarioRepository()
        try await repository.giveToNobody()
        let holder = try await ResticBinary.newest.hold(
          in: repository.url, launcher: Machine.asNobody)
        let lock = try await ReslockBinary.lock(of: repository.url)
        #expect(holder.locks == [lock.id] && lock.verdict == "held" && lock.uid == 65534 && lock.gid == 65534)
        try await holder.kill()
        #expect(try await ReslockBinary.lock(of: repository.url).verdict == "dead")
        // Its own user may call it dead too: nothing has that PID for anybody.
        #expect(
          try await ReslockBinary.lock(of: repository.url, launcher: Machine.asNobody).verdict == "dead")
      }

      @Test("a program that can't be looked into is held by whoever can't, and another program to root")
      func unreadableProgram() async throws {
        try Machine.requireWholeView()
        let child = try ChildProcess(
          executable: "sleep", arguments: ["300"], environment: TestEnvironment.clean)
        let repository = try ScenarioRepository()
        try repository.addLock(pid: Int64(child.pid), secondsAgo: 2 * Self.hours)
        try await repository.makeReadable()
        let lock = try await ReslockBinary.lock(
          of: repository.url, ["--trust-clock"], launcher: Machine.asNobody)
        #expect(lock.verdict == "held", "\(lock.reasons)")
        #expect(try await ReslockBinary.lock(of: repository.url, ["--trust-clock"]).verdict == "dead")
        child.kill(SIGKILL)
      }

      @Test(
        "PIDs that no process can have are neither asked for nor dead",
        arguments: [0, -1, -4711, 1 << 31, .max] as [Int64])
      func impossiblePID(pid: Int64) async throws {
        let repository = try ScenarioRepository()
        try repository.addLock(pid: pid)
        let lock = try await ReslockBinary.lock(of: repository.url)
        #expect(
          lock.pid == pid && lock.processState == "unknown" && lock.verdict == "fresh", "\(lock.reasons)")
      }

      @Test("copy within one repository holds two locks of one process", arguments: ResticBinary.all)
      func copyWithinOneRepository(restic: ResticBinary) async throws {
        try Machine.requireWholeView()
        let repository = try ScenarioRepository()
        let holder = try await restic.stop(
          ["copy", "--from-repo", repository.url.path], in: repository.url, lockCount: 2,
          environment: ["RESTIC_FROM_PASSWORD": TestEnvironment.fixturePassword])
        let locks = try await ReslockBinary.locks(of: repository.url)
        #expect(Set(locks.map(\.id)) == holder.locks && locks.count == 2)
        for lock in locks {
          #expect(lock.verdict == "held" && lock.pid == Int64(holder.pid), "\(lock.reasons)")
          #expect(lock.evidence?.lineage.siblingCount == 1)
        }
        try await holder.kill()
        let left = try await ReslockBinary.locks(of: repository.url)
        #expect(left.map(\.verdict) == ["dead", "dead"])
      }
    }
  }
#endif
