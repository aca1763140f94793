import BackendServers
import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite struct NoChildSurvivesTests {
  @Test("no ssh outlives reslock, however that ends", arguments: [SIGKILL, SIGTERM, SIGINT])
  func signals(_ signal: Int32) async throws {
    let server = try await OpenSSHServer()
    let option = server.commandOption
    _ = try await RemoteRepository.withDeadLock(
      .newest, location: server.location(), options: [option],
      folder: server.data.appendingPathComponent("repo"))
    try await waitUntilNone(mention: server.clientConfiguration)
    // With a lock it asks for the password, on a pipe that says nothing.
    let reslock = try ReslockBinary.start(["list", "-r", server.location(), "-o", option])
    let isChild: (Substring) -> Bool = { !$0.contains("reslock list") }
    while try await processes(mentioning: server.clientConfiguration).filter(isChild).isEmpty {
      try #require(reslock.isRunning, "\(reslock.stderrSoFar)")
      try await Task.sleep(for: .milliseconds(5))
    }
    reslock.kill(signal)
    try await reslock.wait()
    try await waitUntilNone(mention: server.clientConfiguration)
  }

  @Test("nor does one that could not connect, and its own words reach the user")
  func failures() async throws {
    let server = try await OpenSSHServer()
    let path = server.data.path
    let cases: [(what: String, location: String, arguments: String, words: String)] = [
      (
        "a key that the server does not know", "sftp://\(NSUserName())@127.0.0.1:\(server.port)/\(path)",
        server.strangersArguments, "Permission denied"
      ),
      (
        "an unknown host key", "sftp://\(NSUserName())@127.0.0.1:\(server.port)/\(path)",
        server.clientArguments.replacingOccurrences(of: "/known", with: "/nobody"),
        "Host key verification failed"
      ),
      (
        "a port where nobody listens", "sftp://127.0.0.1:\(try ServerProcess.freePort())/\(path)",
        server.clientArguments, "Connection refused"
      ),
    ]
    for (what, location, arguments, words) in cases {
      let result = try await ReslockBinary.list(location, options: ["sftp.args=\(arguments)"])
      #expect(result.exitCode == 1, "\(what): \(result.stderr)")
      #expect(result.stderr.contains(words), "\(what): \(result.stderr)")
      #expect(result.stderr.contains("ssh ended with exit status 255"), "\(what): \(result.stderr)")
      #expect(result.stderr.contains("hint"), "\(what): \(result.stderr)")
    }
    try await waitUntilNone(mention: "UserKnownHostsFile=\(server.data.deletingLastPathComponent().path)")
  }
}
