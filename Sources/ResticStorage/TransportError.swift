/// Why the settings of TLS, a proxy or credentials can't be used.
package struct TransportError: Error, Sendable, CustomStringConvertible {
  /// Without secrets.
  package let description: String
  /// What to do next.
  package let hint: String

  package init(_ description: String, hint: String) {
    self.description = description
    self.hint = hint
  }
}
