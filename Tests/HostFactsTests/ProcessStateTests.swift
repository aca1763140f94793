import Foundation
import HostFacts
import TestSupport
import Testing
import WallTime

/// Real processes in each state that a lock's holder may be in.
@Suite struct ProcessStateTests {
  @Test("our own process is fully described")
  func ourselves() throws {
    let pid = Int64(ProcessInfo.processInfo.processIdentifier)
    let snapshot = ProcessTable.system.take([pid])
    #expect(snapshot.hindrances == [])
    #expect(snapshot.processCount > 1)
    let facts = snapshot.facts(for: pid)
    #expect(facts.signalZero == .exists)
    #expect(facts.thread == nil)
    #expect(facts.processes.count == 1)
    let process = try #require(facts.ownNamespaceProcess)
    #expect(process.threadGroupID == pid)
    #expect(process.parentPID == Int64(getppid()))
    #expect(process.namespacePIDs == [pid])
    #expect(process.isKernelThread == false)
    #expect(try #require(process.liveThreadCount) >= 1)
    #expect(process.userID == geteuid())
    #expect(process.commandLine == .readable(CommandLine.arguments))
    #expect(
      process.executable
        == .readable(try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")))
    #expect(process.pidNamespace == "pid:[4026531836]")
    #expect(process.hostNameNamespace?.hasPrefix("uts:[") == true)
    #expect(try #require(process.runningSeconds) < 3600)
  }

  @Test("a child shows its start, its command line and its parent shows it")
  func child() async throws {
    let before = HostClock.system.read()
    try await Fixture.run("child") { parent, number in
      let pid = Int64(parent.pid)
      let facts = try await Fixture.facts(of: pid) {
        $0.ownNamespaceProcess?.children.first?.commandLine
          == .readable([Fixture.process, "sleep", "a child's argument"])
      }
      let process = try #require(facts.ownNamespaceProcess)
      #expect(process.commandName == "ProcessFixtures")
      #expect(process.commandLine == .readable([Fixture.process, "child"]))
      #expect(
        process.executable == .readable(URL(fileURLWithPath: Fixture.process).resolvingSymlinksInPath().path))
      #expect(process.state?.code == "S")
      #expect(process.liveThreadCount == 1)
      #expect(process.children.map(\.hostPID) == [number])
      #expect(process.children.first?.commandName == "ProcessFixtures")
      // One clock tick of 10 ms is what the kernel tells.
      let started = try #require(process.startedSinceBootSeconds)
      #expect(started >= before.sinceBootSeconds - 0.02)
      #expect(started <= HostClock.system.read().sinceBootSeconds)
      #expect(
        abs(try #require(process.started).secondsSince(before.now) - (started - before.sinceBootSeconds))
          < 0.5)
    }
  }

  @Test("a process that ended and was reaped is nowhere")
  func reaped() async throws {
    try await Fixture.run("sleep") { child, number in
      #expect(!ProcessTable.system.take([number]).facts(for: number).nothingFound)
      child.kill(SIGKILL)
      try await child.wait()
      let facts = ProcessTable.system.take([number]).facts(for: number)
      #expect(facts == PIDFacts(pid: number, signalZero: .noSuchProcess))
      #expect(facts.nothingFound)
    }
  }

  @Test("a killed process is a zombie without threads until it is reaped")
  func zombie() async throws {
    try await Fixture.run("sleep") { child, number in
      child.kill(SIGKILL)
      let facts = try await Fixture.facts(of: number) { $0.ownNamespaceProcess?.state?.isZombie == true }
      let process = try #require(facts.ownNamespaceProcess)
      #expect(facts.signalZero == .exists)
      #expect(process.liveThreadCount == 0)
      #expect(process.isFullyEnded)
      #expect(process.executable == .absent)
      #expect(process.commandLine == .readable([]))
      #expect(process.commandName == "ProcessFixtures")
      #expect(process.isKernelThread == false)
    }
  }

  @Test("a zombie leader with a living thread has not ended")
  func zombieLeader() async throws {
    try await Fixture.run("thread-leader-exits") { child, _ in
      let pid = Int64(child.pid)
      let facts = try await Fixture.facts(of: pid) { $0.ownNamespaceProcess?.state?.isZombie == true }
      let process = try #require(facts.ownNamespaceProcess)
      #expect(process.liveThreadCount == 1)
      #expect(!process.isFullyEnded)
    }
  }

  @Test("a child that was never waited for is shown as a zombie child")
  func zombieChild() async throws {
    try await Fixture.run("zombie-child") { parent, number in
      let facts = try await Fixture.facts(of: Int64(parent.pid)) {
        $0.ownNamespaceProcess?.children.first?.state?.isZombie == true
      }
      #expect(facts.ownNamespaceProcess?.children.map(\.hostPID) == [number])
      #expect(ProcessTable.system.take([number]).facts(for: number).ownNamespaceProcess?.isFullyEnded == true)
    }
  }

  @Test("a stopped process is alive and says that it is stopped")
  func stopped() async throws {
    try await Fixture.run("sleep") { child, number in
      child.kill(SIGSTOP)
      let facts = try await Fixture.facts(of: number) { $0.ownNamespaceProcess?.state?.isStopped == true }
      #expect(facts.ownNamespaceProcess?.state?.words == "stopped by a signal")
      #expect(facts.ownNamespaceProcess?.liveThreadCount == 1)
    }
  }

  @Test("the ID of a thread is told from a process, though signal 0 reaches it")
  func thread() async throws {
    try await Fixture.run("thread") { child, number in
      #expect(number != Int64(child.pid))
      let facts = ProcessTable.system.take([number]).facts(for: number)
      #expect(facts.signalZero == .exists)
      #expect(facts.processes == [])
      #expect(facts.thread?.threadGroupID == Int64(child.pid))
      #expect(facts.thread?.commandName == "ProcessFixtures")
      let started = try #require(facts.thread?.started)
      #expect(abs(started.secondsSince(HostClock.system.read().now)) < 3600)
      #expect(!facts.nothingFound)
      let process = ProcessTable.system.take([Int64(child.pid)]).facts(for: Int64(child.pid))
        .ownNamespaceProcess
      #expect(process?.liveThreadCount == 2)
    }
  }

  @Test(
    "a process may call itself anything",
    arguments: ["a) S 1 2 (b", ") R 0 0 0 (", "new\nTgid:\t1", "back\\slash\\n", "((((((((((((((("])
  func names(name: String) async throws {
    try await Fixture.run("named", name) { _, number in
      let process = try #require(ProcessTable.system.take([number]).facts(for: number).ownNamespaceProcess)
      #expect(process.commandName == name)
      #expect(process.threadGroupID == number)
      #expect(process.isKernelThread == false)
      #expect(process.liveThreadCount == 1)
      #expect(try #require(process.runningSeconds) < 300)
    }
  }

  @Test("a kernel thread is told from a program")
  func kernelThread() throws {
    let facts = ProcessTable.system.take([2]).facts(for: 2)
    let process = try #require(
      facts.ownNamespaceProcess, "PID 2 is not visible: run the tests outside containers")
    #expect(process.isKernelThread == true)
    #expect(process.executable == .absent)
    #expect(process.commandLine == .readable([]))
    #expect(process.commandName == "kthreadd")
  }

  @Test(
    "no PID that stands for a group is ever asked", arguments: [0, -1, .min, 2_147_483_648, .max] as [Int64])
  func impossible(pid: Int64) {
    let facts = ProcessTable.system.take([pid]).facts(for: pid)
    #expect(facts == PIDFacts(pid: pid, signalZero: .notAsked))
    #expect(facts.nothingFound)
  }

  @Test("looking sends no signal")
  func noSignal() async throws {
    // It catches none, so any of those that a tool might send would end it.
    try await Fixture.run("sleep") { child, number in
      for _ in 0..<50 { _ = ProcessTable.system.take([number, 0, -1, -number]) }
      #expect(child.isRunning)
      child.kill(SIGTERM)
      let result = try await child.wait()
      #expect(result.terminationSignal == SIGTERM)
    }
  }

  @Test("a PID that was not asked for is undecided")
  func notAsked() {
    #expect(ProcessTable.system.take([]).facts(for: 1) == PIDFacts(pid: 1, signalZero: .undecided))
  }
}
