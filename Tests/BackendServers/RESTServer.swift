package import Foundation
import TestSupport

/// A real rest-server with its data in a folder that the test can look into.
package final class RESTServer: Sendable {
  package enum Option: Sendable, Hashable {
    case tls, appendOnly, privateRepositories
    /// One user, alice, with the password "alice's pass/word".
    case users
    /// Listens on a unix socket instead of a port.
    case unixSocket
  }

  package static let user = "alice"
  package static let password = "alice's pass/word"

  package let options: Set<Option>
  private let folder: TemporaryFolder
  private let process: ServerProcess?
  private let socketChild: ChildProcess?
  private let certificates: TestCertificates?

  package init(_ options: Set<Option> = []) async throws {
    self.options = options
    let folder = try TemporaryFolder("rest-server")
    self.folder = folder
    let program = try Peer.path("rest-server")
    var arguments = [program, "--path", folder.path("data")]
    let certificates = options.contains(.tls) ? try await TestCertificates.shared.value : nil
    self.certificates = certificates
    if let certificates {
      arguments += ["--tls", "--tls-cert", certificates.certificate, "--tls-key", certificates.key]
    }
    if options.contains(.appendOnly) { arguments.append("--append-only") }
    if options.contains(.privateRepositories) { arguments.append("--private-repos") }
    if options.contains(.users) {
      let hash = try await ChildProcess.run(
        "sh", ["-c", "printf %s \"$1\" | openssl dgst -sha1 -binary | base64", "sh", Self.password])
      try Data("\(Self.user):{SHA}\(hash.stdout.prefix { $0 != "\n" })\n".utf8)
        .write(to: folder.url.appendingPathComponent("users"))
      arguments += ["--htpasswd-file", folder.path("users")]
    } else {
      arguments.append("--no-auth")
    }
    guard !options.contains(.unixSocket) else {
      process = nil
      let socket = folder.path("socket")
      let child = try ChildProcess(
        executable: program, arguments: Array(arguments.dropFirst()) + ["--listen", "unix:\(socket)"],
        environment: TestEnvironment.clean)
      socketChild = child
      while child.isRunning, !FileManager.default.fileExists(atPath: socket) {
        try await Task.sleep(for: .milliseconds(10))
      }
      guard child.isRunning else { throw ServerError(description: "rest-server: \(child.stderrSoFar)") }
      return
    }
    socketChild = nil
    process = try await ServerProcess("rest-server") { port in
      arguments + ["--listen", "127.0.0.1:\(port)"]
    }
  }

  /// What restic and reslock take as the location of a repository here, without user and password.
  package func location(_ repository: String = "repo", login: String = "") -> String {
    guard let process else { return "rest:http+unix://\(login)\(folder.path("socket")):/\(repository)/" }
    return
      "rest:\(options.contains(.tls) ? "https" : "http")://\(login)127.0.0.1:\(process.port)/\(repository)/"
  }

  /// What a client's environment needs besides.
  package var environment: [String: String] {
    var environment: [String: String] = [:]
    if let certificates { environment["RESTIC_CACERT"] = certificates.authority }
    if options.contains(.users) {
      environment["RESTIC_REST_USERNAME"] = Self.user
      environment["RESTIC_REST_PASSWORD"] = Self.password
    }
    return environment
  }

  /// Where the server keeps a repository.
  package func folder(of repository: String = "repo") -> URL {
    folder.url.appendingPathComponent("data/\(repository)")
  }
}
