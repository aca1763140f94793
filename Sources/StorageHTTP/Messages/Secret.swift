internal import ResticCrypto

/// A text that shows in no description, and that is erased with its last copy.
struct Secret: Sendable, CustomStringConvertible, CustomReflectable {
  private let bytes: SecretBytes

  init(_ text: String) { bytes = SecretBytes(copying: text.utf8) }

  /// A copy that nobody erases: for a request, which lives no longer than its answer takes.
  var text: String { bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) } }

  var description: String { "<redacted>" }
  var customMirror: Mirror { Mirror(self, children: [:]) }
}
