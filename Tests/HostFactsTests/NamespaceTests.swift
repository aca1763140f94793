#if os(Linux)
  import Foundation
  import HostFacts
  import TestSupport
  import Testing

  /// Processes in other namespaces and of other users, looked at from here and looking from there.
  @Suite struct NamespaceTests {
    @Test(
      "a process in a PID namespace of its own is found by its PID in there",
      arguments: [["unshare", "-pf"], ["unshare", "-pf", "--mount-proc"]])
    func nested(launcher: [String]) async throws {
      try Fixture.requireRoot()
      // A shell is the namespace's first process, so that the fixture gets a PID that is something else out here.
      let mark = UUID().uuidString
      try await Fixture.run("sleep", mark, under: launcher + ["sh", "-c", "\"$@\"; true", "sh"]) { _, inner in
        #expect(inner == 2)
        let facts = ProcessTable.system.take([inner]).facts(for: inner)
        #expect(facts.ownNamespaceProcess?.isKernelThread == true)
        #expect(facts.processes.first == facts.ownNamespaceProcess)
        let process = try #require(
          facts.processes.first { $0.commandLine == .readable([Fixture.process, "sleep", mark]) })
        #expect(process.namespacePIDs == [process.hostPID, inner])
        #expect(process.isInNestedPIDNamespace)
        #expect(process.hostPID != inner)
        #expect(process.pidNamespace != nil)
        #expect(process.pidNamespace != "pid:[4026531836]")
      }
    }

    @Test("two containers' worth of equal PIDs are both found")
    func equalPIDs() async throws {
      try Fixture.requireRoot()
      let mark = UUID().uuidString
      try await Fixture.run("sleep", mark, under: ["unshare", "-pf"]) { _, first in
        try await Fixture.run("sleep", mark, under: ["unshare", "-pf"]) { _, second in
          #expect(first == 1 && second == 1)
          let processes = ProcessTable.system.take([1]).facts(for: 1).processes.filter {
            $0.commandLine == .readable([Fixture.process, "sleep", mark])
          }
          #expect(processes.count == 2)
          #expect(Set(processes.map(\.pidNamespace)).count == 2)
        }
      }
    }

    @Test("a process under another host name has a host-name namespace of its own")
    func hostName() async throws {
      try Fixture.requireRoot()
      try await Fixture.run("sleep", under: ["unshare", "-u"]) { child, number in
        #expect(number == Int64(child.pid))
        let ours = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/uts")
        let process = try #require(ProcessTable.system.take([number]).facts(for: number).ownNamespaceProcess)
        #expect(process.hostNameNamespace != ours)
        #expect(process.pidNamespace == "pid:[4026531836]")

        let probe = try await run([
          "unshare", "-u", "sh", "-c", "hostname elsewhere; exec \"$0\"", Fixture.probe,
        ])
        #expect(probe.contains("host elsewhere user 0 root"))
      }
    }

    @Test("a process of another user is looked at by root")
    func otherUser() async throws {
      try Fixture.requireRoot()
      try await Fixture.run("sleep", under: Self.asNobody) { _, number in
        let facts = ProcessTable.system.take([number]).facts(for: number)
        #expect(facts.signalZero == .exists)
        #expect(facts.ownNamespaceProcess?.userID == 65534)
        #expect(facts.ownNamespaceProcess?.commandLine == .readable([Fixture.process, "sleep"]))
      }
    }

    @Test("without privileges a process of another user exists, and its executable stays unseen")
    func unprivileged() async throws {
      try Fixture.requireRoot()
      try await Fixture.run("sleep") { _, number in
        let lines = try await run(Self.asNobody + [Fixture.probe, "\(number)"])
        #expect(lines.contains("host \(HostIdentity.current().hostName) user 65534 nobody"))
        #expect(lines.contains("pid \(number) signal notPermitted thread of 0"))
        let process = try #require(
          lines.first { $0.hasPrefix("process \(number) pids [\(number)] state S live 1 ") })
        #expect(process.contains("executable notPermitted"))
        #expect(process.contains("\"sleep\"]) user 0 namespace -"))
        #expect(!lines.contains { $0.hasPrefix("hindrance") })
      }
    }

    @Test("inside a PID namespace we know that we see little")
    func insidePIDNamespace() async throws {
      try Fixture.requireRoot()
      let own =
        "hindrance this program runs in a PID namespace of its own: processes outside it are invisible"
      let foreign = "hindrance /proc shows the processes of another PID namespace than this program's"
      let mounted = try await run(["unshare", "-pf", "--mount-proc", Fixture.probe, "1"])
      #expect(mounted.filter { $0.hasPrefix("hindrance") } == [own])
      let unmounted = try await run(["unshare", "-pf", Fixture.probe, "1"])
      #expect(unmounted.filter { $0.hasPrefix("hindrance") } == [own, foreign])
    }

    @Test("inside a time namespace we know that start times are shifted, and name another boot")
    func insideTimeNamespace() async throws {
      try Fixture.requireRoot()
      let lines = try await run(["unshare", "-T", "--boottime", "100000", Fixture.probe])
      #expect(
        lines.contains("hindrance this program runs in a time namespace of its own: start times are shifted"))
      let bootID = try #require(HostClock.system.read().bootID)
      let boot = try #require(lines.first { $0.hasPrefix("boot ") })
      #expect(boot.hasPrefix("boot \(bootID) time:["))
    }

    @Test(
      "a /proc that hides processes is seen as such",
      arguments: [
        (
          "-t proc -o hidepid=2 proc",
          "/proc is mounted with hidepid=invisible: processes of other users are hidden"
        ),
        (
          "-t proc -o hidepid=1 proc",
          "/proc is mounted with hidepid=noaccess: processes of other users are hidden"
        ),
        ("-t proc -o subset=pid proc", "/proc is mounted with subset=pid: parts of it are left out"),
      ])
    func hiding(mount: String, expected: String) async throws {
      try Fixture.requireRoot()
      let lines = try await run(
        ["unshare", "-m", "sh", "-c", "mount \(mount) /proc && exec \"$0\" 1", Fixture.probe])
      #expect(lines.contains("hindrance \(expected)"), "\(lines)")
    }

    @Test(
      "something else on /proc is seen as such",
      .disabled(if: Fixture.isAddressSanitized, "the address sanitizer needs /proc itself"))
    func noProcessFileSystem() async throws {
      try Fixture.requireRoot()
      let lines = try await run(
        ["unshare", "-m", "sh", "-c", "mount -t tmpfs tmpfs /proc && exec \"$0\"", Fixture.probe])
      #expect(lines.contains("hindrance /proc is not a proc file system: processes are invisible"))
    }

    @Test("a process hidden by hidepid is not found by an unprivileged user, who is told why")
    func hidden() async throws {
      try Fixture.requireRoot()
      try await Fixture.run("sleep") { _, number in
        let lines = try await run(
          ["unshare", "-m", "sh", "-c", "mount -t proc -o hidepid=1 proc /proc && exec \"$@\"", "sh"]
            + Self.asNobody + [Fixture.probe, "\(number)"])
        #expect(lines.contains("pid \(number) signal notPermitted thread of 0"))
        #expect(
          lines.contains {
            $0.hasPrefix("hindrance ") && $0.hasSuffix("processes can't be read: Operation not permitted")
          })
      }
    }

    private static let asNobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"]

    private func run(_ command: [String]) async throws -> [String] {
      let result = try await ChildProcess.run(command[0], Array(command.dropFirst()))
      try #require(result.exitCode == 0, "\(command): \(result.stderr)")
      return result.stdout.split(separator: "\n").map(String.init)
    }
  }
#endif
