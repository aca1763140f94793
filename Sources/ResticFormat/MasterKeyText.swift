package import ResticCrypto

/// A repository's master key as text: what `restic cat masterkey` prints, and what is sealed in every key file.
///
/// `{"mac": {"k": …, "r": …}, "encrypt": …}`, each part in base64: 16, 16 and 32 bytes.
package enum MasterKeyText {
  /// Reads the key; its parts are copied nowhere but into erasable memory.
  ///
  /// Go would cut a part that is too long and pad one that is too short; both are errors here, as such a key
  /// opens nothing.
  package static func parse(_ text: SecretBytes) throws(MasterKeyTextError) -> SealingKey {
    var parts = Parts()
    do throws(GoJSONError) {
      try text.withByteView { text throws(GoJSONError) in
        try GoJSON.readObject(text) { key, raw throws(GoJSONError) in try parts.set(key, to: raw) }
      }
    } catch {
      throw .notJSON(error)
    }
    let encrypt = try checked(parts.encrypt, .encrypt)
    let k = try checked(parts.k, .k)
    let r = try checked(parts.r, .r)
    guard let key = SealingKey(encrypt: encrypt, k: k, r: r) else { throw .allZero }
    return key
  }

  private static func checked(
    _ bytes: SecretBytes?, _ part: MasterKeyTextError.Part
  ) throws(MasterKeyTextError) -> SecretBytes {
    guard let bytes else { throw .missing(part) }
    guard bytes.byteCount == part.byteCount else { throw .wrongLength(part, byteCount: bytes.byteCount) }
    return bytes
  }

  private struct Parts {
    var encrypt: SecretBytes?
    var k: SecretBytes?
    var r: SecretBytes?

    mutating func set(_ key: GoJSONString, to raw: ByteView) throws(GoJSONError) {
      if key.names("encrypt") {
        encrypt = try GoJSONValue(field: "encrypt", raw: raw).secretBytes() ?? encrypt
      } else if key.names("mac") {
        try GoJSON.readObject(within: GoJSONValue(field: "mac", raw: raw)) {
          key, raw throws(GoJSONError) in try setMAC(key, to: raw)
        }
      }
    }

    private mutating func setMAC(_ key: GoJSONString, to raw: ByteView) throws(GoJSONError) {
      if key.names("k") {
        k = try GoJSONValue(field: "mac.k", raw: raw).secretBytes() ?? k
      } else if key.names("r") {
        r = try GoJSONValue(field: "mac.r", raw: raw).secretBytes() ?? r
      }
    }
  }
}

/// Why a text is no master key; holds no part of the key.
package enum MasterKeyTextError: Error, Hashable, Sendable, CustomStringConvertible {
  package enum Part: String, Hashable, Sendable {
    case encrypt
    case k = "mac.k"
    case r = "mac.r"

    package var byteCount: Int { self == .encrypt ? 32 : 16 }
  }

  case notJSON(GoJSONError)
  case missing(Part)
  case wrongLength(Part, byteCount: Int)
  /// A part of the key is all zero, which restic never makes and does not accept.
  case allZero

  package var description: String {
    switch self {
    case .notJSON(let error): "the master key is damaged: \(error)"
    case .missing(let part): "the master key has no \"\(part.rawValue)\""
    case .wrongLength(let part, let byteCount):
      "the master key's \"\(part.rawValue)\" has \(byteCount) bytes, not \(part.byteCount)"
    case .allZero: "a part of the master key is all zero"
    }
  }
}
