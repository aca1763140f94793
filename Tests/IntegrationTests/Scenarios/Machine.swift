import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What the scenarios need of the machine they run on.
enum Machine {
  /// This machine's name as restic writes it into locks.
  static let hostName: String = {
    var buffer = [CChar](repeating: 0, count: 256)
    gethostname(&buffer, buffer.count - 1)
    return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }()

  /// Makes processes of other users, namespaces and host names: no test here is worth anything without that.
  static func requireRoot() throws {
    try #require(geteuid() == 0, "this test must be run as root")
  }

  /// A verdict on a process of this machine needs a view on all of them.
  static func requireWholeView() throws {
    try requireRoot()
    #if os(Linux)
      let namespace = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid")
      try #require(
        namespace == "pid:[4026531836]", "this test must be run in the machine's initial PID namespace")
    #endif
    try #require(
      hostName != "localhost" && !hostName.isEmpty,
      "this test needs a machine with a name of its own, not '\(hostName)'")
  }

  static let asNobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"]

  static let helper = ReslockBinary.url.deletingLastPathComponent().appendingPathComponent("ProcessFixtures")
    .path

  /// Starts the tests' own process in one of its modes, and returns it with the number it announces.
  static func startHelper(
    _ arguments: String..., input: ChildProcess.Input = .none
  ) async throws -> (child: ChildProcess, number: Int64) {
    let child = try ChildProcess(
      executable: helper, arguments: arguments, environment: TestEnvironment.clean, input: input)
    let number = try await eventually("\(arguments) announces a number") {
      child.stdoutSoFar.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int64($0) }
    }
    return (child, number)
  }

  /// `time` as restic writes it, that many seconds ago.
  static func time(secondsAgo: Double) -> String {
    let formatter = ISO8601DateFormatter()
    formatter.formatOptions = [.withInternetDateTime, .withFractionalSeconds]
    return formatter.string(from: Date(timeIntervalSinceNow: -secondsAgo))
  }
}
