import BackendServers
import Foundation
import ResticStorage
import StorageBackends
import StorageContract
import TestSupport
import Testing

@Suite struct TLSTests {
  private func look(
    _ location: String, _ variables: [String: String] = [:],
    _ adjust: @escaping (inout TransportSettings) -> Void = { _ in }
  ) async throws -> StorageError? {
    let connection = try await StorageConnector.testing(location, variables) {
      $0.retries = false
      adjust(&$0)
    }.connect()
    do throws(StorageError) {
      _ = try await connection.storage.stat(.config)
      await connection.close()
      return nil
    } catch {
      await connection.close()
      return error
    }
  }

  @Test(
    "a certificate that is not trusted ends it, naming --cacert; its authority, or --insecure-tls, lets it through"
  )
  func authorities() async throws {
    let server = try await RESTServer([.tls])
    let certificates = try await TestCertificates.shared.value
    for variables in [[:], ["RESTIC_CACERT": certificates.foreignAuthority]] {
      let error = try #require(try await look(server.location(), variables))
      #expect(error.kind == .permanent && error.description.contains("--cacert"), "\(error)")
    }
    for variables in [
      ["RESTIC_CACERT": certificates.authority],
      ["RESTIC_CACERT": "\(certificates.foreignAuthority),\(certificates.authority)"],
    ] {
      #expect(try await look(server.location(), variables)?.kind == .notFound)
    }
    #expect(try await look(server.location()) { $0.isInsecure = true }?.kind == .notFound)
    let named = server.location().replacingOccurrences(of: "127.0.0.1", with: "localhost")
    #expect(try await look(named, ["RESTIC_CACERT": certificates.authority])?.kind == .notFound)
    let wrongScheme = server.location().replacingOccurrences(of: "https", with: "http")
    let plain = try #require(try await look(wrongScheme))
    #expect(plain.kind == .permanent, "\(plain)")
  }

  @Test("a server without TLS is told as such")
  func noTLS() async throws {
    let server = try await RESTServer()
    let location = server.location().replacingOccurrences(of: "http:", with: "https:")
    let error = try #require(try await look(location) { $0.isInsecure = true })
    #expect(error.description.contains("does not speak TLS"), "\(error)")
  }

  @Test("a server that wants our certificate gets it from --tls-client-cert, and a refusal names the flag")
  func clientCertificate() async throws {
    let certificates = try await TestCertificates.shared.value
    let folder = try TemporaryFolder("client-certificate")
    try Data("the config".utf8).write(to: folder.url.appendingPathComponent("config"))
    let server = try await ServerProcess("openssl s_server") { port in
      [
        "sh", "-c", "cd \"$1\" && shift && exec \"$@\"", "sh", folder.path, "openssl", "s_server", "-WWW",
        "-quiet",
        "-accept", "127.0.0.1:\(port)", "-cert", certificates.certificate, "-key", certificates.key,
        "-CAfile",
        certificates.authority, "-Verify", "1", "-verify_return_error",
      ]
    }
    func read(_ certificate: String?) async throws -> Result<[UInt8], StorageError> {
      let connection = try await StorageConnector.testing(
        "rest:https://127.0.0.1:\(server.port)/", ["RESTIC_CACERT": certificates.authority]
      ) {
        $0.retries = false
        $0.clientCertificateFile = certificate
      }.connect()
      let answer: Result<[UInt8], StorageError>
      do throws(StorageError) {
        answer = .success(try await connection.storage.read(.config, byteLimit: 1000))
      } catch {
        answer = .failure(error)
      }
      await connection.close()
      return answer
    }
    guard case .failure(let error) = try await read(nil) else {
      Issue.record("it was let in without a certificate")
      return
    }
    #expect(error.description.contains("--tls-client-cert"), "\(error)")
    guard case .success(let content) = try await read(certificates.client) else {
      Issue.record("it was not let in with its certificate")
      return
    }
    #expect(content == Array("the config".utf8))
    withExtendedLifetime(folder) {}
  }

  @Test("files without certificates are refused, naming file and flag")
  func badFiles() async throws {
    let folder = try TemporaryFolder("bad")
    try Data("no certificate".utf8).write(to: folder.url.appendingPathComponent("file"))
    for path in [folder.path("file"), folder.path("missing")] {
      for adjust: (inout TransportSettings) -> Void in [
        { $0.certificateFiles = [path] }, { $0.clientCertificateFile = path },
      ] {
        let error = await #expect(throws: TransportError.self) {
          try await StorageConnector.testing("rest:https://localhost/", [:], options: [], adjust).connect()
        }
        #expect(error?.description.contains(path) == true)
      }
    }
  }
}
