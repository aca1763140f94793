#if os(Linux)
  import Foundation
  import Glibc
  import TestSupport
  import Testing

  extension ProcessScenarios {
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
      private static func freePID() throws -> Int64 {
        let free = (60..<4000).map(Int64.init).first {
          kill(pid_t($0), 0) != 0 && !FileManager.default.fileExists(atPath: "/proc/\($0)")
        }
        return try #require(free, "no PID below 4000 is free on this machine")
      }

      /// The PID out here of the process in a namespace that has `inner` there and works on `repository`.
      private static func outerPID(of inner: Int64, on repository: URL) throws -> pid_t {
        let names = try FileManager.default.contentsOfDirectory(atPath: "/proc")
        for name in names {
          guard let pid = pid_t(name),
            let status = try? String(contentsOfFile: "/proc/\(name)/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("NSpid:") }),
            line.split(whereSeparator: \.isWhitespace).dropFirst().map(String.init) == [name, "\(inner)"],
            let command = try? String(contentsOfFile: "/proc/\(name)/cmdline", encoding: .utf8),
            command.contains(repository.path)
          else { continue }
          return pid
        }
        throw NeverHappened(description: "no process shows PID \(inner) inside")
      }

      @Test(
        "a restic in a PID namespace under our host name is held, although restic unlock takes it for dead",
        arguments: [[], ["--mount-proc"]], ResticBinary.all)
      func nested(flags: [String], restic: ResticBinary) async throws {
        try Machine.requireWholeView()
        let inner = try Self.freePID()
        let repository = try ScenarioRepository()
        let holder = try await restic.hold(
          in: repository.url, launcher: Self.container(pid: inner, flags))
        let lock = try await ReslockBinary.lock(of: repository.url)
        #expect(holder.locks == [lock.id] && lock.pid == inner && lock.hostname == Machine.hostName)
        #expect(lock.verdict == "held" && lock.processState == "alive", "\(lock.reasons)")
        let facts = try #require(lock.evidence?.process.process)
        #expect(facts.namespacePids == [facts.pid, inner] && facts.pid != inner)

        let copy = try await repository.copy()
        let unlock = try await ResticBinary.newest.run(["unlock"], repository: copy)
        #expect(unlock.exitCode == 0, "\(unlock.what)")
        #expect(ScenarioRepository.lockNames(in: copy.appendingPathComponent("locks")).isEmpty)
        #expect(holder.child.isRunning)

        try await holder.kill()
        try await eventually("the namespace ends") {
          (try? Self.outerPID(of: inner, on: repository.url)) == nil ? true : nil
        }
        #expect(try await ReslockBinary.lock(of: repository.url).verdict == "dead")
      }

      @Test("a restic under another host name is fresh, and held where that name is declared ours")
      func otherHostName() async throws {
        try Machine.requireWholeView()
        let repository = try ScenarioRepository()
        let holder = try await ResticBinary.newest.hold(
          in: repository.url,
          launcher: ["unshare", "--uts", "sh", "-c", #"hostname "$0" && exec "$@""#, "elsewhere"])
        let lock = try await ReslockBinary.lock(of: repository.url)
        #expect(holder.locks == [lock.id] && lock.hostname == "elsewhere")
        #expect(lock.verdict == "fresh" && lock.processState == "not_here", "\(lock.reasons)")
        let alias = ["--host-alias", "elsewhere"]
        #expect(try await ReslockBinary.lock(of: repository.url, alias).verdict == "held")
        #expect(
          try await ReslockBinary.lock(of: repository.url, ["--host-alias", "Elsewhere"]).processState
            == "not_here")

        try await holder.kill()
        #expect(try await ReslockBinary.lock(of: repository.url).verdict == "fresh")
        #expect(try await ReslockBinary.lock(of: repository.url, alias).verdict == "dead")
      }

      @Test(
        "reslock in a PID namespace under the machine's name knows nothing of processes, and calls none dead",
        arguments: [[], ["--mount-proc"]])
      func reslockInside(flags: [String]) async throws {
        try Machine.requireWholeView()
        let repository = try ScenarioRepository()
        let holder = try await ResticBinary.newest.hold(in: repository.url)
        let launcher = ["unshare", "--pid", "--fork"] + flags
        for isRunning in [true, false] {
          let lock = try await ReslockBinary.lock(of: repository.url, ["--trust-clock"], launcher: launcher)
          // The outer /proc, where nothing else is mounted, shows a living process, and proves nobody's death.
          let isSeen = isRunning && flags.isEmpty
          #expect(
            lock.processState == (isSeen ? "alive" : "unknown"), "running: \(isRunning) \(lock.reasons)")
          #expect(lock.verdict == (isSeen ? "held" : "fresh"), "running: \(isRunning) \(lock.reasons)")
          try await holder.kill()
        }
      }

      @Test("a /proc that hides processes makes nobody dead")
      func hiddenProcesses() async throws {
        try Machine.requireWholeView()
        let repository = try ScenarioRepository()
        let holder = try await ResticBinary.newest.hold(in: repository.url)
        try await repository.makeReadable(with: holder.locks)
        for mount in ["-o hidepid=2 -t proc proc", "-o subset=pid -t proc proc"] {
          let lock = try await ReslockBinary.lock(
            of: repository.url, ["--trust-clock"],
            launcher: ["unshare", "--mount", "sh", "-c", "mount \(mount) /proc && exec \"$@\"", "sh"]
              + Machine.asNobody)
          #expect(lock.verdict == "held" || lock.verdict == "fresh", "\(mount): \(lock.reasons)")
        }
        try await holder.kill()
        let left = try await ReslockBinary.lock(
          of: repository.url,
          launcher: [
            "unshare", "--mount", "sh", "-c", "mount -t proc -o hidepid=2 proc /proc && exec \"$@\"", "sh",
          ]
            + Machine.asNobody)
        #expect(left.processState == "unknown" && left.verdict == "fresh", "\(left.reasons)")
      }

      @Test("without /proc there is an answer or an error, and no help that nobody asked for")
      func noProcesses() async throws {
        try Machine.requireRoot()
        let repository = try ScenarioRepository()
        try repository.addLock(pid: 1)
        for arguments in [["status"], ["list", "--json"]] {
          let result = try await ReslockBinary.run(
            arguments, repository: repository.url,
            launcher: ["unshare", "--mount", "sh", "-c", "mount -t tmpfs tmpfs /proc && exec \"$@\"", "sh"])
          // Swift's runtime reads the arguments from /proc.
          #expect(
            result.exitCode == 1 && result.stdout.isEmpty && result.stderr.contains("/proc"), "\(result.what)"
          )
        }
      }

      @Test("of two containers with equal names and PIDs the living one is never called dead")
      func twins() async throws {
        try Machine.requireWholeView()
        let inner = try Self.freePID()
        let repository = try ScenarioRepository()
        let name = "twin"
        let launcher = Self.container(pid: inner, ["--uts", "--mount-proc"], hostName: name)
        let first = try await ResticBinary.newest.hold(in: repository.url, launcher: launcher)
        let firstProcess = try Self.outerPID(of: inner, on: repository.url)
        let second = try await ResticBinary.newest.hold(in: repository.url, launcher: launcher)
        let alias = ["--trust-clock", "--host-alias", name]
        let both = try await ReslockBinary.locks(of: repository.url, alias)
        #expect(both.map(\.pid) == [inner, inner] && both.map(\.hostname) == [name, name])
        #expect(both.map(\.verdict) == ["held", "held"])

        try await first.kill()
        try await eventually("the first container ends") { kill(firstProcess, 0) != 0 ? true : nil }
        let secondProcess = try Self.outerPID(of: inner, on: repository.url)
        let inside = ["nsenter", "--target", "\(secondProcess)", "--pid", "--uts", "--mount", "--root"]
        for (flags, launcher) in [(alias, []), ([], []), (["--trust-clock"], inside)] {
          let locks = try await ReslockBinary.locks(of: repository.url, flags, launcher: launcher)
          #expect(Set(locks.map(\.id)) == first.locks.union(second.locks))
          let living = try #require(locks.first { second.locks.contains($0.id) })
          #expect(
            living.verdict == "held" || living.verdict == "fresh", "\(flags) \(launcher): \(living.reasons)")
        }

        try await second.kill()
        try await eventually("the second container ends") { kill(secondProcess, 0) != 0 ? true : nil }
        #expect(try await ReslockBinary.locks(of: repository.url, alias).map(\.verdict) == ["dead", "dead"])
        #expect(try await ReslockBinary.locks(of: repository.url).map(\.verdict) == ["fresh", "fresh"])
      }
    }
  }
#endif
