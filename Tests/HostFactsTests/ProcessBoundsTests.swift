#if os(Linux)
  import Foundation
  import HostFacts
  import TestSupport
  import Testing

  /// Processes that are larger than usual in some way.
  @Suite struct ProcessBoundsTests {
    private func facts(of pid: Int64) -> ProcessFacts? {
      ProcessTable.system.take([pid]).facts(for: pid).ownNamespaceProcess
    }

    @Test("an executable whose file is gone says so")
    func deletedExecutable() async throws {
      let folder = try TemporaryFolder("executable")
      let copy = folder.path + "/restic"
      // Not by this process, whose children started meanwhile would hold the file open for writing.
      let result = try await ChildProcess.run("cp", [Fixture.process, copy])
      try #require(result.exitCode == 0)
      let child = try ChildProcess(
        executable: copy, arguments: ["sleep"], environment: TestEnvironment.clean)
      try await Fixture.eventually("it runs") { child.stdoutSoFar.hasSuffix("\n") ? true : nil }
      try FileManager.default.removeItem(atPath: copy)
      #expect(facts(of: Int64(child.pid))?.executable == .readable(copy + " (deleted)"))
      #expect(facts(of: Int64(child.pid))?.commandName == "restic")
      withExtendedLifetime((child, folder)) {}
    }

    @Test("a long command line is cut at 64 KiB")
    func longCommandLine() async throws {
      let long = String(repeating: "a", count: 100_000)
      try await Fixture.run("sleep", "first", long, "last") { _, number in
        guard case .readable(let arguments) = facts(of: number)?.commandLine else {
          Issue.record("the command line can't be read")
          return
        }
        #expect(Array(arguments.prefix(3)) == [Fixture.process, "sleep", "first"])
        #expect(arguments.count == 4)
        let byteCount = arguments.reduce(0) { $0 + $1.utf8.count + 1 } - 1
        #expect(byteCount == 64 << 10)
      }
    }

    @Test("of many children the first 32 are shown")
    func manyChildren() async throws {
      let script =
        "for i in 1 2 3 4 5 6 7 8 9 10; do sleep 3600 & sleep 3600 & sleep 3600 & sleep 3600 & done; echo; wait"
      let child = try ChildProcess(
        executable: "sh", arguments: ["-c", script], environment: TestEnvironment.clean)
      try await Fixture.eventually("all are started") { child.stdoutSoFar.isEmpty ? nil : true }
      let children = try #require(facts(of: Int64(child.pid))).children
      #expect(children.count == 32)
      #expect(children.map(\.hostPID) == children.map(\.hostPID).sorted())
      withExtendedLifetime(child) {}
    }

    @Test("a status of many kilobytes is read to its end")
    func manyGroups() async throws {
      try Fixture.requireRoot()
      let groups = (100_000..<103_000).map(String.init).joined(separator: ",")
      try await Fixture.run("sleep", under: ["setpriv", "--groups=\(groups)", "--"]) { _, number in
        #expect(facts(of: number)?.namespacePIDs == [number])
        #expect(facts(of: number)?.commandLine == .readable([Fixture.process, "sleep"]))
      }
    }

    @Test("ten thousand PIDs are looked up in one pass")
    func manyPIDs() {
      let ourselves = Int64(getpid())
      let wanted = Set((1...10_000).map { Int64($0) + 3_000_000 } + [ourselves])
      let snapshot = ProcessTable.system.take(wanted)
      #expect(snapshot.facts.count == wanted.count)
      #expect(snapshot.facts(for: ourselves).ownNamespaceProcess?.hostPID == ourselves)
      #expect(snapshot.processCount < 10_000)
    }
  }
#endif
