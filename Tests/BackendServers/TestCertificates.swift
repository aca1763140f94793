import Foundation
import TestSupport

/// An authority of a test's own, and certificates that it signed for this machine's loopback names and for services
/// that servers of the tests stand in for.
package final class TestCertificates: Sendable {
  private let folder: TemporaryFolder

  package var authority: String { folder.path("ca.pem") }
  package var certificate: String { folder.path("server.pem") }
  package var key: String { folder.path("server.key") }
  /// A client's certificate and key in one file.
  package var client: String { folder.path("client.pem") }
  /// An authority that signed nothing here.
  package var foreignAuthority: String { folder.path("foreign.pem") }

  /// One set for the whole run: making keys takes time.
  package static let shared = Task { try await TestCertificates() }

  private init() async throws {
    folder = try TemporaryFolder("certificates")
    let script = #"""
      set -eu
      cd "$1"
      authority() {
        openssl req -x509 -newkey rsa:2048 -nodes -days 2 -keyout $1.key -out $1.pem -subj /CN=$1 \
          -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign
      }
      authority ca
      authority foreign
      for role in server client; do
        openssl req -newkey rsa:2048 -nodes -keyout $role.key -out $role.csr -subj /CN=$role
        names=DNS:localhost,IP:127.0.0.1,DNS:*.backblazeb2.com,DNS:*.blob.core.windows.net
        names=$names,DNS:login.microsoftonline.com
        printf "subjectAltName=$names\nextendedKeyUsage=%sAuth\n" $role >$role.ext
        openssl x509 -req -in $role.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile $role.ext \
          -out $role.pem
      done
      cat client.key >>client.pem
      """#
    let result = try await ChildProcess.run("sh", ["-c", script, "sh", folder.path])
    guard result.exitCode == 0 else {
      throw ServerError(description: "cannot make certificates: \(result.stderr.suffix(1000))")
    }
  }
}
