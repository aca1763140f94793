import Foundation
import TestSupport

/// Backblaze B2 in memory: b2sdk's own simulator behind HTTP, which is reached by a port or as a proxy.
package final class B2Server: Sendable {
  package let port: UInt16
  private let console: PythonConsole
  private let certificates: TestCertificates

  /// `pageEntryCount` is the most that a page of a listing holds.
  package init(pageEntryCount: Int = 1000) async throws {
    certificates = try await TestCertificates.shared.value
    console = try PythonConsole(
      [
        TestEnvironment.checkout.appendingPathComponent("Scripts/test-servers/b2_server.py").path,
        certificates.certificate, certificates.key,
      ], environment: ["PAGE": "\(pageEntryCount)", "PYTHONDONTWRITEBYTECODE": "1"])
    let said = try await console.run("print(PORT)")
    guard let port = UInt16(said.trimmingCharacters(in: .whitespacesAndNewlines)) else {
      throw ServerError(description: "b2: \(said)")
    }
    self.port = port
  }

  /// What the environment of a client needs that knows Backblaze's own address only.
  package func environment(key: (id: String, secret: String)) -> [String: String] {
    [
      "B2_ACCOUNT_ID": key.id, "B2_ACCOUNT_KEY": key.secret, "HTTPS_PROXY": "http://127.0.0.1:\(port)",
      "RESTIC_CACERT": certificates.authority,
    ]
  }

  /// The account's own key.
  package static let masterKey = (id: "account-0", secret: "masterKey-0")

  /// Runs Python statements beside the server, see `Scripts/test-servers/b2_server.py`; gives what they print.
  @discardableResult
  package func run(_ statements: String) async throws -> String { try await console.run(statements) }
}
