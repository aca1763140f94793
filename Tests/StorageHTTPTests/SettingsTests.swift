import BackendServers
import Foundation
import TestSupport
import Testing

/// What flags, variables and a configuration say of a server reaches the connection to it.
@Suite struct SettingsTests {
  private func configuration(_ lines: [String]) throws -> TemporaryFolder {
    let folder = try TemporaryFolder("configuration")
    let text = "repositories:\n  nas:\n" + lines.map { "    \($0)\n" }.joined()
    try Data(text.utf8).write(to: folder.url.appendingPathComponent("config.yaml"))
    return folder
  }

  @Test("certificates, and the wish to trust any, from flags, variables and a configuration")
  func certificates() async throws {
    let server = try await RESTServer([.tls])
    let authority = try await TestCertificates.shared.value.authority
    let location = server.location()
    func status(_ arguments: [String], _ environment: [String: String] = [:]) async throws -> Int32 {
      try await ReslockBinary.run(arguments, environment: environment).exitCode ?? -1
    }
    let plain = ["status", "-r", location]
    // There is no repository, which only those learn who get through.
    #expect(try await status(plain) == 1)
    #expect(try await status(plain + ["--cacert", authority]) == 10)
    #expect(try await status(plain + ["--insecure-tls"]) == 10)
    #expect(try await status(plain, ["RESTIC_CACERT": authority]) == 10)
    for (lines, exitCode) in [
      ([], Int32(1)), (["cacert: [\(authority)]"], 10), (["insecure-tls: true"], 10),
      (["environment: {RESTIC_CACERT: \(authority)}"], 10),
    ] {
      let folder = try configuration(["location: \(location)"] + lines)
      let flags = ["--config", folder.path("config.yaml")]
      for command in [["status", "-r", "@nas"], ["status", "--all"], ["repos", "test", "nas"]] {
        #expect(try await status(command + flags) == exitCode, "\(lines) \(command)")
      }
    }
  }

  @Test("credentials, names and options of a configuration, and flags that win over them")
  func headers() async throws {
    let server = try FaultServer { _, _ in [.answer(404)] }
    let rest = try configuration([
      "location: rest:http://127.0.0.1:\(server.port)/r/",
      "environment: {RESTIC_REST_USERNAME: alice, RESTIC_REST_PASSWORD: wonder, RESTIC_HTTP_USER_AGENT: nas-watch}",
    ])
    func look(_ folder: TemporaryFolder, _ flags: [String] = []) async throws -> FaultServer.Request {
      let before = server.requests.count
      let result = try await ReslockBinary.run(
        ["status", "-r", "@nas", "--config", folder.path("config.yaml")] + flags,
        environment: ["RESTIC_HTTP_USER_AGENT": "general"])
      #expect(result.exitCode == 10, "\(result.stderr)")
      return try #require(server.requests.dropFirst(before).first)
    }
    let own = try await look(rest)
    #expect(own.headers["authorization"] == "Basic \(Data("alice:wonder".utf8).base64EncodedString())")
    #expect(own.headers["user-agent"] == "nas-watch")
    #expect(try await look(rest, ["--http-user-agent", "flag"]).headers["user-agent"] == "flag")
    let bucket = try configuration([
      "location: s3:http://127.0.0.1:\(server.port)/bucket/pre", "options: {s3.region: xx-1}",
      "environment: {AWS_ACCESS_KEY_ID: AKID, AWS_SECRET_ACCESS_KEY: hidden}",
    ])
    #expect(try await look(bucket).headers["authorization"]?.contains("/xx-1/s3/aws4_request") == true)
  }
}
