#if os(Linux)
  import Foundation
  import Glibc
  import TestSupport
  import Testing

  /// Restics and reslocks in namespaces of their own, as containers have them.
  @Suite struct ContainerTests {
    /// Runs a command in a new PID namespace, there with the PID `inner`.
    ///
    /// PIDs are given in turn there, so a shell spends those before. It stays until the command ends.
    private static func container(
      pid inner: Int64, _ flags: [String], hostName: String? = nil
    ) -> [String] {
      let script = """
        \(hostName.map { "hostname '\($0)';" } ?? "")
        while :; do
          : & wait $!
          [ $! -ge \(inner - 1) ] && break
        done
        "$@"
        exit $?
        """
      return ["unshare", "--pid", "--fork", "--kill-child"] + flags + ["sh", "-c", script, "sh"]
    }

    /// A PID that nothing has on this machine and that a fresh namespace soon comes to.
    private static func freePID(besides taken: Set<Int64> = []) throws -> Int64 {
      let free = (60..<4000).map(Int64.init).first {
        !taken.contains($0) && kill(pid_t($0), 0) != 0 && !FileManager.default.fileExists(atPath: "/proc/\($0)")
      }
      return try #require(free, "no PID below 4000 is free on this machine")
    }

    private static func namespaced(_ mark: Int64, host: URL) throws -> pid_t {
      let names = try FileManager.default.contentsOfDirectory(atPath: "/proc")
      for name in names {
        guard let pid = pid_t(name),
          let status = try? String(contentsOfFile: "/proc/\(name)/status", encoding: .utf8),
          let line = status.split(separator: "\n").first(where: { $0.hasPrefix("NSpid:") }),
          line.split(whereSeparator: \.isWhitespace).dropFirst().map(String.init) == [name, "\(mark)"],
          let command = try? String(contentsOfFile: "/proc/\(name)/cmdline", encoding: .utf8),
          command.contains(host.path)
        else { continue }
        return pid
      }
      throw NeverHappened(description: "no process shows PID \(mark) inside")
    }

    @Test(
      "a restic in a PID namespace under our host name is held, although restic unlock takes it for dead",
      arguments: [[], ["--mount-proc"]], ResticBinary.all)
    func nested(flags: [String], restic: ResticBinary) async throws {
      try Machine.requireWholeView()
      let inner = try Self.freePID()
      let repository = try ScenarioRepository()
      let (child, names) = try await restic.hold(
        in: repository.url, launcher: Self.container(pid: inner, flags))
      let lock = try await ReslockBinary.lock(of: repository.url)
      #expect(names == [lock.id] && lock.pid == inner && lock.hostname == Machine.hostName)
      #expect(lock.verdict == "held" && lock.processState == "alive", "\(lock.reasons)")
      let facts = try #require(lock.evidence?.process.process)
      #expect(facts.namespacePids == [facts.pid, inner] && facts.pid != inner)

      let copy = try await repository.copy()
      let unlock = try await ResticBinary.newest.run(["unlock"], repository: copy)
      #expect(unlock.exitCode == 0, "\(unlock.what)")
      #expect(ScenarioRepository.lockNames(in: copy.appendingPathComponent("locks")).isEmpty)
      #expect(child.isRunning)

      child.kill(SIGKILL)
      try await child.wait()
      try await eventually("the namespace ends") {
        (try? Self.namespaced(inner, host: repository.url)) == nil ? true : nil
      }
      #expect(try await ReslockBinary.lock(of: repository.url).verdict == "dead")
    }

    @Test("a restic under another host name is fresh, and held where that name is declared ours")
    func otherHostName() async throws {
      try Machine.requireWholeView()
      let repository = try ScenarioRepository()
      let (child, names) = try await ResticBinary.newest.hold(
        in: repository.url, launcher: ["unshare", "--uts", "sh", "-c", #"hostname "$0" && exec "$@""#, "elsewhere"])
      let lock = try await ReslockBinary.lock(of: repository.url)
      #expect(names == [lock.id] && lock.hostname == "elsewhere")
      #expect(lock.verdict == "fresh" && lock.processState == "not_here", "\(lock.reasons)")
      let alias = ["--host-alias", "elsewhere"]
      #expect(try await ReslockBinary.lock(of: repository.url, alias).verdict == "held")
      #expect(
        try await ReslockBinary.lock(of: repository.url, ["--host-alias", "Elsewhere"]).processState == "not_here")

      child.kill(SIGKILL)
      try await child.wait()
      #expect(try await ReslockBinary.lock(of: repository.url).verdict == "fresh")
      #expect(try await ReslockBinary.lock(of: repository.url, alias).verdict == "dead")
    }

    @Test(
      "reslock in a PID namespace under the machine's name knows nothing of processes, and calls none dead",
      arguments: [[], ["--mount-proc"]])
    func reslockInside(flags: [String]) async throws {
      try Machine.requireWholeView()
      let repository = try ScenarioRepository()
      let (child, _) = try await ResticBinary.newest.hold(in: repository.url)
      let launcher = ["unshare", "--pid", "--fork"] + flags
      for isRunning in [true, false] {
        let lock = try await ReslockBinary.lock(of: repository.url, ["--trust-clock"], launcher: launcher)
        // With the outer /proc the process may be seen by chance; it must never be taken for gone.
        #expect(lock.processState == "unknown", "running: \(isRunning) \(lock.reasons)")
        #expect(lock.verdict == "fresh", "running: \(isRunning) \(lock.reasons)")
        child.kill(SIGKILL)
        try await child.wait()
      }
    }

    @Test("a /proc that hides processes makes nobody dead")
    func hiddenProcesses() async throws {
      try Machine.requireWholeView()
      let repository = try ScenarioRepository()
      try await repository.giveToNobody()
      let (child, _) = try await ResticBinary.newest.hold(in: repository.url)
      for mount in ["-o hidepid=2 -t proc proc", "-o subset=pid -t proc proc", "-t tmpfs tmpfs"] {
        let lock = try await ReslockBinary.lock(
          of: repository.url, ["--trust-clock"],
          launcher: ["unshare", "--mount", "sh", "-c", "mount \(mount) /proc && exec \"$@\"", "sh"] + Machine.asNobody)
        #expect(lock.verdict == "held" || lock.verdict == "fresh", "\(mount): \(lock.reasons)")
      }
      child.kill(SIGKILL)
      try await child.wait()
      let left = try await ReslockBinary.lock(
        of: repository.url,
        launcher: ["unshare", "--mount", "sh", "-c", "mount -t proc -o hidepid=2 proc /proc && exec \"$@\"", "sh"]
          + Machine.asNobody)
      #expect(left.processState == "unknown" && left.verdict == "fresh", "\(left.reasons)")
    }

    @Test("of two containers with equal names and PIDs the living one is never called dead")
    func twins() async throws {
      try Machine.requireWholeView()
      let inner = try Self.freePID()
      let repository = try ScenarioRepository()
      let name = "twin"
      let launcher = Self.container(pid: inner, ["--uts", "--mount-proc"], hostName: name)
      let (first, firstLock) = try await ResticBinary.newest.hold(in: repository.url, launcher: launcher)
      let firstProcess = try Self.namespaced(inner, host: repository.url)
      let (second, secondLock) = try await ResticBinary.newest.hold(in: repository.url, launcher: launcher)
      let alias = ["--trust-clock", "--host-alias", name]
      let both = try await ReslockBinary.locks(of: repository.url, alias)
      #expect(both.map(\.pid) == [inner, inner] && both.map(\.hostname) == [name, name])
      #expect(both.map(\.verdict) == ["held", "held"])

      first.kill(SIGKILL)
      try await first.wait()
      try await eventually("the first container ends") { kill(firstProcess, 0) != 0 ? true : nil }
      let secondProcess = try Self.namespaced(inner, host: repository.url)
      let inside = ["nsenter", "--target", "\(secondProcess)", "--pid", "--uts", "--mount"]
      for (flags, launcher) in [(alias, []), ([], []), (["--trust-clock"], inside)] {
        let locks = try await ReslockBinary.locks(of: repository.url, flags, launcher: launcher)
        #expect(Set(locks.map(\.id)) == firstLock.union(secondLock))
        let living = try #require(locks.first { secondLock.contains($0.id) })
        #expect(living.verdict == "held" || living.verdict == "fresh", "\(flags) \(launcher): \(living.reasons)")
      }

      second.kill(SIGKILL)
      try await second.wait()
      try await eventually("the second container ends") { kill(secondProcess, 0) != 0 ? true : nil }
      #expect(try await ReslockBinary.locks(of: repository.url, alias).map(\.verdict) == ["dead", "dead"])
      #expect(try await ReslockBinary.locks(of: repository.url).map(\.verdict) == ["fresh", "fresh"])
    }
  }
#endif
