/// Why a file in `locks/` gives no lock that restic would accept.
package struct LockDefect: Error, Hashable, Sendable, CustomStringConvertible {
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    /// Sound content under a name that is not its hash.
    case name
    /// The bytes are not those that the name promises, and the content is not sound either.
    case hash
    /// The authentication code does not fit: changed bytes, or another key.
    case mac
    /// An encoding that is not known, or a compressed content that cannot be decompressed.
    case encoding
    /// Authentic, but not a text that restic reads as a lock.
    case json
    /// Fewer bytes than the sealing alone takes.
    case tooShort = "too_short"
    /// Zero bytes; restic 0.15.1 and later ignore the file.
    case empty
    /// Not the name of a lock: restic does not see the file.
    case stray
    /// Its bytes cannot be had or cannot be judged here; nothing is known of the content.
    case unreadable
  }

  package let kind: Kind
  /// In plain words, for people; without a byte of the content.
  package let message: String
  /// The authentication code was right: a holder of the key wrote these bytes.
  package let isAuthentic: Bool

  package init(kind: Kind, message: String, isAuthentic: Bool = false) {
    self.kind = kind
    self.message = message
    self.isAuthentic = isAuthentic
  }

  package var description: String { message }
}
