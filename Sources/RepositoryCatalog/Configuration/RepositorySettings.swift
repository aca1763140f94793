package import ResticInputs

/// One repository as a configuration or another program's configuration describes it; nothing of it was read yet.
package struct RepositorySettings: Sendable {
  package enum Location: Sendable, Hashable {
    case text(String)
    /// A file that names the repository.
    case file(String)
  }

  /// Where a value stood.
  package struct Origin: Sendable, Hashable {
    /// `backrest`, `resticprofile`, `autorestic` or `env`; `nil` for reslock's own configuration.
    package let source: String?
    package let file: String
    package let line: Int
  }

  package enum AutoUnlock: String, Sendable, CaseIterable {
    case off, dead, expired
  }

  package struct Variable: Sendable, Hashable {
    package let name: String
    package let value: ValueSource
  }

  /// Without the source's name.
  package private(set) var name: String
  package private(set) var origin: Origin
  package var location = Location.text("")
  package var password: ValueSource?
  /// The repository has the empty password.
  package var isInsecureNoPassword = false
  package var environment: [Variable] = []
  /// As `-o` takes them.
  package var options: [String] = []
  package var keyHint: String?
  package var caCertificates: [String] = []
  package var tlsClientCertificate: String?
  package var isInsecureTLS = false
  package var hostAliases: [String] = []
  package var trustsClock = false
  package var warningAgeSeconds: Double?
  package var criticalAgeSeconds: Double?
  package var autoUnlock = AutoUnlock.off
  /// Only locks of these hosts may be removed by `autoUnlock`; empty for no host at all.
  package var autoUnlockHosts: [String] = []
  /// The ID that the repository has, where the source knows it.
  package var expectedID: String?
  /// What a person should know of how this was read.
  package var notes: [String] = []
  /// Why this repository can't be looked at, although the others can.
  package var problem: InputError?

  package init(name: String, origin: Origin) {
    self.name = name
    self.origin = origin
  }

  /// The same settings for another repository.
  func copied(name: String, origin: Origin) -> RepositorySettings {
    var copy = self
    (copy.name, copy.origin) = (name, origin)
    return copy
  }

  /// `nas`, or `backrest/nas`.
  package var fullName: String { origin.source.map { "\($0)/\(name)" } ?? name }
}
