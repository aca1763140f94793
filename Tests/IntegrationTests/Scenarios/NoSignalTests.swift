import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// reslock signals no process; restic unlock sends SIGHUP to whatever has a lock's PID.
@Suite struct NoSignalTests {
  private static let readers = [
    ["status"], ["status", "--json", "-vv"], ["list", "--wide"], ["list", "--json", "--rules", "restic"],
  ]

  private static func readAll(_ repository: ScenarioRepository, _ id: String) async throws {
    for arguments in readers + [["show", id], ["show", "--json", id]] {
      let result = try await ReslockBinary.run(arguments, repository: repository.url)
      #expect(result.exitCode == 0, "\(arguments): \(result.what)")
    }
  }

  @Test("a process without a SIGHUP handler survives reslock, and does not survive restic unlock")
  func survives() async throws {
    try Machine.requireRoot()
    let (child, number) = try await Machine.startHelper("sleep")
    let repository = try ScenarioRepository()
    let id = try repository.addLock(pid: number)
    try await Self.readAll(repository, id)
    #expect(child.isRunning)

    let copy = try await repository.copy()
    let unlock = try await ResticBinary.newest.run(["unlock"], repository: copy)
    #expect(unlock.exitCode == 0, "\(unlock.what)")
    let end = try await child.wait(timeout: .seconds(300))
    #expect(end.terminationSignal == SIGHUP)
  }

  @Test("a process that counts every signal it can catch receives none from reslock, and SIGHUP from restic")
  func countsNone() async throws {
    try Machine.requireRoot()
    let repository = try ScenarioRepository()
    for (reader, expected) in [("reslock", "received\n"), ("restic", "received \(SIGHUP):1\n")] {
      let (child, number) = try await Machine.startHelper("count-signals", input: .pipe)
      try repository.clearLocks()
      let id = try repository.addLock(pid: number)
      if reader == "reslock" {
        try await Self.readAll(repository, id)
      } else {
        let unlock = try await ResticBinary.newest.run(["unlock"], repository: repository.url)
        #expect(unlock.exitCode == 0, "\(unlock.what)")
      }
      child.closeInput()
      let end = try await child.wait(timeout: .seconds(300))
      #expect(end.stdout.hasSuffix(expected), "\(reader): \(end.stdout)")
    }
  }

  @Test("no group of processes receives a signal for a PID below 1", arguments: [0, -1] as [Int64])
  func groups(pid: Int64) async throws {
    let (child, _) = try await Machine.startHelper("count-signals", input: .pipe)
    let repository = try ScenarioRepository()
    let id = try repository.addLock(pid: pid == 0 ? 0 : -Int64(child.pid))
    try await Self.readAll(repository, id)
    child.closeInput()
    #expect(try await child.wait(timeout: .seconds(300)).stdout.hasSuffix("received\n"))
  }
}
