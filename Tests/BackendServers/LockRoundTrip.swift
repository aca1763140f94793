import Foundation
package import TestSupport
import Testing

/// The way of a killed restic's lock through `status`, `unlock` and `undo`, with restic's own word at each step.
package struct LockRoundTrip: Sendable {
  private let restic: ResticBinary
  private let location: String
  private let options: [String]
  private let reslockLocation: String
  private let reslockOptions: [String]
  private let environment: [String: String]
  private let state: TemporaryFolder

  private struct Status: Decodable { let state: String }
  private struct List: Decodable {
    struct Lock: Decodable {
      let id: String
      let pid: Int64?
    }
    let locks: [Lock]
  }
  private struct Unlock: Decodable {
    struct Lock: Decodable {
      let id: String
      let outcome: String
    }
    let locks: [Lock]
  }

  /// `location` and `options`, as `-o` takes them, are restic's; reslock's are the same unless they are given.
  package init(
    _ location: String, with restic: ResticBinary = .newest, options: [String] = [],
    environment: [String: String] = [:], reslockLocation: String? = nil, reslockOptions: [String]? = nil
  ) throws {
    self.restic = restic
    self.location = location
    self.options = options
    self.reslockLocation = reslockLocation ?? location
    self.reslockOptions = reslockOptions ?? options
    state = try TemporaryFolder("state")
    self.environment = environment.merging(["XDG_STATE_HOME": state.path]) { $1 }
  }

  package func check() async throws {
    _ = try await reslock(["status"], exitCode: 10)
    _ = try await run(["init"])
    _ = try await run(["backup", "/etc/hostname"])
    #expect(try await isFree())

    let holder = try restic.start(flags + ["backup", "--stdin"], repository: nil, environment: environment)
    var held: [List.Lock] = []
    let deadline = ContinuousClock.now + .seconds(300)
    while held.isEmpty {
      try #require(holder.isRunning && ContinuousClock.now < deadline, "\(holder.stderrSoFar)")
      // Some servers list what is being uploaded too.
      held = try await locks().filter { $0.id.count == 64 }
    }
    let id = held[0].id
    #expect(held.count == 1 && held[0].pid == Int64(holder.pid))
    #expect(try await !isFree())
    holder.kill(SIGKILL)
    try await holder.wait()
    #expect(try await locks().map(\.id) == [id])

    // It is young, and its holder may live behind the same host name elsewhere.
    let careful = try await reslock(["unlock", "--yes", "--json"])
    #expect(try decode(Unlock.self, careful).locks.map(\.outcome) == ["kept"])
    let forced = try await reslock(["unlock", "--id", id, "--force", "--yes", "--json"])
    #expect(try decode(Unlock.self, forced).locks.map(\.outcome) == ["removed"])
    #expect(try await resticsLocks() == [])
    #expect(try await isFree())

    let undone = try await reslock(["undo", id, "--json"])
    #expect(try decode(Unlock.self, undone).locks.map(\.outcome) == ["restored"])
    #expect(try await resticsLocks() == [id])
    #expect(try await run(["cat", "lock", id]).stdout.contains("\"pid\": \(holder.pid)"))
    #expect(try await !isFree())
    #expect(try await locks().map(\.id) == [id])
    let again = try await reslock(["undo", id, "--json"])
    #expect(try decode(Unlock.self, again).locks.map(\.outcome) == ["already_there"])

    _ = try await run(["unlock", "--remove-all"])
    #expect(try await isFree())
    withExtendedLifetime(state) {}
  }

  private var flags: [String] { ["-r", location] + options.flatMap { ["-o", $0] } }

  private func run(_ arguments: [String]) async throws -> ProcessResult {
    let result = try await restic.run(flags + arguments, repository: nil, environment: environment)
    try #require(result.exitCode == 0, "restic \(arguments): \(result.stdout)\(result.stderr)")
    return result
  }

  private func reslock(_ arguments: [String], exitCode: Int32 = 0) async throws -> ProcessResult {
    let result = try await ReslockBinary.run(
      arguments + ["-r", reslockLocation] + reslockOptions.flatMap { ["-o", $0] }, environment: environment)
    try #require(result.exitCode == exitCode, "reslock \(arguments): \(result.stdout)\(result.stderr)")
    return result
  }

  private func resticsLocks() async throws -> [String] {
    try await run(["list", "locks", "--no-lock", "-q"]).stdout.split(separator: "\n").map(String.init)
  }

  private func isFree() async throws -> Bool {
    try decode(Status.self, try await reslock(["status", "--json"])).state == "free"
  }

  private func locks() async throws -> [List.Lock] {
    try decode(List.self, try await reslock(["list", "--json"])).locks
  }

  private func decode<Value: Decodable>(_ type: Value.Type, _ result: ProcessResult) throws -> Value {
    let decoder = JSONDecoder()
    return try decoder.decode(type, from: Data(result.stdoutBytes))
  }
}
