import Foundation
import HostFacts
import TestSupport
import Testing

/// Processes of the tests' own, built beside them.
enum Fixture {
  static let process = sibling("ProcessFixtures")
  static let probe = sibling("HostFactsProbe")

  static let isAddressSanitized = dlsym(dlopen(nil, RTLD_NOW), "__asan_init") != nil

  private static func sibling(_ name: String) -> String {
    ReslockBinary.url.deletingLastPathComponent().appendingPathComponent(name).path
  }

  /// Runs `ProcessFixtures` as long as `body` does, which gets it and the number it announces.
  static func run(
    _ arguments: String..., under launcher: [String] = [],
    body: (ChildProcess, Int64) async throws -> Void
  ) async throws {
    let command = launcher + [process] + arguments
    let child = try ChildProcess(
      executable: command[0], arguments: Array(command.dropFirst()), environment: TestEnvironment.clean)
    let number = try await eventually("\(command) announces a number") {
      child.stdoutSoFar.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int64($0) }
    }
    try await body(child, number)
    // The child is killed when it is released, and not before.
    withExtendedLifetime(child) {}
  }

  /// The facts about one PID, once they are as `condition` wants them.
  static func facts(
    of pid: Int64, until condition: @Sendable (PIDFacts) -> Bool = { _ in true }
  ) async throws -> PIDFacts {
    try await eventually("PID \(pid) is as expected") {
      let facts = ProcessTable.system.take([pid]).facts(for: pid)
      return condition(facts) ? facts : nil
    }
  }

  @discardableResult
  static func eventually<Value>(_ what: String, _ attempt: () throws -> Value?) async throws -> Value {
    for _ in 0..<20_000 {
      if let value = try attempt() { return value }
      try await Task.sleep(for: .milliseconds(10))
    }
    throw NeverHappened(description: "it never happened that \(what)")
  }

  /// What these tests do to the system needs root.
  static func requireRoot() throws {
    try #require(HostIdentity.current().userID == 0, "this test must be run as root")
  }
}

struct NeverHappened: Error, CustomStringConvertible {
  let description: String
}
