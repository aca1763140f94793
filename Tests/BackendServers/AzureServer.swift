import Foundation
import TestSupport

/// Azure Blob Storage in memory, with the servers that give tokens; Microsoft's own library judges each signature.
package final class AzureServer: Sendable {
  package let port: UInt16
  package let key: String
  private let console: PythonConsole
  private let certificates: TestCertificates

  /// `pageEntryCount` is the most that a page of a listing holds.
  package init(pageEntryCount: Int = 5000) async throws {
    certificates = try await TestCertificates.shared.value
    console = try PythonConsole(
      [
        TestEnvironment.checkout.appendingPathComponent("Scripts/test-servers/azure_server.py").path,
        certificates.certificate, certificates.key,
      ], environment: ["PAGE": "\(pageEntryCount)", "PYTHONDONTWRITEBYTECODE": "1"])
    let said = try await console.run("print(PORT, KEY)")
    let words = said.split(whereSeparator: \.isWhitespace).map(String.init)
    guard words.count == 2, let port = UInt16(words[0]) else {
      throw ServerError(description: "azure: \(said)")
    }
    self.port = port
    key = words[1]
  }

  /// The way to the server for clients that know Azure's own addresses only, without credentials.
  package var way: [String: String] {
    [
      "AZURE_ACCOUNT_NAME": "account0", "HTTPS_PROXY": "http://127.0.0.1:\(port)",
      "RESTIC_CACERT": certificates.authority, "SSL_CERT_FILE": certificates.authority,
    ]
  }

  /// What the environment of a client needs, with the account's key.
  package var environment: [String: String] { way.merging(["AZURE_ACCOUNT_KEY": key]) { $1 } }

  /// A file with a certificate and its key, which the server takes for the registered one.
  package func registerCertificate() async throws -> String {
    try await run("CERTIFICATE = '\(certificates.client)'")
    return certificates.client
  }

  /// Runs Python statements beside the server, see `Scripts/test-servers/azure_server.py`; gives what they print.
  @discardableResult
  package func run(_ statements: String) async throws -> String { try await console.run(statements) }
}
