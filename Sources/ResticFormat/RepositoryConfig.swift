package import ResticCrypto

/// The repository's `config`: what it is called and how its files are wrapped (restic design document, "Repository
/// Format").
package struct RepositoryConfig: Hashable, Sendable {
  /// 1 or 2.
  package let version: Int
  /// What `restic init` drew at random, usually 64 hexadecimal digits; restic checks nothing about it.
  package let id: String

  package init(version: Int, id: String) {
    self.version = version
    self.id = id
  }

  /// Opens `config`, which is sealed plain JSON in every version and never compressed.
  ///
  /// The polynomial that restic chops files with is not looked at.
  ///
  /// - Parameters:
  ///   - file: The whole file as stored.
  ///   - key: The repository's master key.
  /// - Returns: Version and ID.
  /// - Throws: ``RepositoryConfigError``.
  package static func open(
    _ file: [UInt8], with key: SealingKey
  ) throws(RepositoryConfigError) -> RepositoryConfig {
    guard !file.isEmpty else { throw .empty }
    let json = try plaintext(of: file, key).content
    var version: UInt64 = 0
    var id = ""
    do throws(GoJSONError) {
      try json.withByteView { text throws(GoJSONError) in
        try GoJSON.readObject(text) { key, raw throws(GoJSONError) in
          if key.names("version") {
            version = try GoJSONValue(field: "version", raw: raw).uint64() ?? version
          } else if key.names("id") {
            id = try GoJSONValue(field: "id", raw: raw).string() ?? id
          }
        }
      }
    } catch {
      throw .notJSON(error)
    }
    guard version == 1 || version == 2 else { throw .unknownVersion(version) }
    return RepositoryConfig(version: Int(version), id: id)
  }

  private static func plaintext(
    of file: [UInt8], _ key: SealingKey
  ) throws(RepositoryConfigError) -> SecretBytes {
    do {
      return try key.open(file)
    } catch {
      switch error {
      case .tooShort(let byteCount): throw .tooShort(byteCount: byteCount)
      case .zeroNonce: throw .zeroNonce
      case .authenticationFailed: throw .authenticationFailed
      case .openSSL(let failure): throw .cryptography(failure.description)
      }
    }
  }
}

/// Why a repository's `config` cannot be used.
package enum RepositoryConfigError: Error, Hashable, Sendable, CustomStringConvertible {
  case empty
  case tooShort(byteCount: Int)
  case zeroNonce
  /// Changed bytes, or a config and a key of two repositories.
  case authenticationFailed
  case notJSON(GoJSONError)
  case unknownVersion(UInt64)
  /// libcrypto could not do its part; says nothing about the file.
  case cryptography(String)

  package var description: String {
    switch self {
    case .empty: "the repository's config is empty"
    case .tooShort(let byteCount): "the repository's config is damaged: it has only \(byteCount) bytes"
    case .zeroNonce: "the repository's config is damaged: its nonce is all zero"
    case .authenticationFailed:
      "the repository's config cannot be opened with this key: one of them is damaged or of another repository"
    case .notJSON(let error): "the repository's config is damaged: \(error)"
    case .unknownVersion(let version):
      "the repository has version \(version); only versions 1 and 2 are known"
    case .cryptography(let reason): "the repository's config could not be opened: \(reason)"
    }
  }
}
