/// A call into libcrypto that failed although its inputs were right: an algorithm that the installed OpenSSL
/// does not offer (a FIPS-only configuration has no Poly1305), or memory that could not be had.
package struct OpenSSLFailure: Error, Hashable, CustomStringConvertible {
  /// The algorithm or function that failed, in OpenSSL's spelling.
  package let operation: String

  package var description: String {
    "OpenSSL could not run \(operation); check that the installed libcrypto offers it (openssl list -providers)"
  }

  package init(operation: String) {
    self.operation = operation
  }
}
