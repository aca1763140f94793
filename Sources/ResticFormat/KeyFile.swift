package import ResticCrypto

/// A key file: how to turn a password into the key that opens the master key sealed in it.
///
/// It is plain JSON, which nothing authenticates but the password (restic design document, "Keys, Encryption and
/// MAC").
package struct KeyFile: Sendable {
  private static let saltByteCount = 64

  /// When the key was added, by its writer's clock.
  package let created: LockTime
  /// Any text, hostile until shown otherwise.
  package let username: String
  /// Any text, hostile until shown otherwise.
  package let hostname: String
  // swift-format-ignore: AlwaysUseLowerCamelCase
  /// scrypt's cost as stored; `scryptParameters()` checks it.
  package let N: Int
  /// scrypt's block size as stored.
  package let r: Int
  /// scrypt's parallelization as stored.
  package let p: Int
  /// 64 bytes.
  package let salt: [UInt8]
  /// The sealed master key.
  private let data: [UInt8]

  /// Reads a key file as leniently as restic does.
  ///
  /// - Parameters:
  ///   - file: The whole file as stored.
  ///   - name: The name under which it is stored, to be compared with the hash; `nil` leaves that out.
  /// - Returns: The key file, whose scrypt parameters are not checked yet.
  /// - Throws: ``KeyFileError``, never `.wrongPassword`.
  package static func parse(_ file: [UInt8], name: ObjectID?) throws(KeyFileError) -> KeyFile {
    guard !file.isEmpty else { throw .empty }
    if let name, !name.isHash(of: file) { throw .nameMismatch }
    var fields = Fields()
    do throws(GoJSONError) {
      try file.withByteView { text throws(GoJSONError) in
        try GoJSON.readObject(text) { key, raw throws(GoJSONError) in try fields.set(key, to: raw) }
      }
    } catch {
      throw .notJSON(error)
    }
    guard fields.kdf == "scrypt" else { throw .unknownKDF }
    guard fields.salt.count == saltByteCount else { throw .saltLength(byteCount: fields.salt.count) }
    guard fields.data.count >= SealingKey.overheadByteCount else {
      throw .dataTooShort(byteCount: fields.data.count)
    }
    return KeyFile(
      created: fields.created, username: fields.username, hostname: fields.hostname, N: Int(fields.N),
      r: Int(fields.r), p: Int(fields.p), salt: fields.salt, data: fields.data)
  }

  /// The stored parameters, checked as restic checks them.
  package func scryptParameters() throws(ScryptError) -> ScryptParameters {
    try ScryptParameters(N: N, r: r, p: p)
  }

  /// The repository's master key.
  ///
  /// - Parameter derived: The key that scrypt makes of the password with this file's salt and parameters.
  /// - Returns: The master key, which opens every other file of the repository.
  /// - Throws: ``KeyFileError``: `.wrongPassword`, `.zeroNonce`, `.masterKey`, `.cryptography`.
  package func openMasterKey(with derived: SealingKey) throws(KeyFileError) -> SealingKey {
    let text: SecretBytes
    do {
      text = try derived.open(data)
    } catch {
      switch error {
      case .authenticationFailed: throw .wrongPassword
      case .zeroNonce: throw .zeroNonce
      case .tooShort(let byteCount): throw .dataTooShort(byteCount: byteCount)
      case .openSSL(let failure): throw .cryptography(failure.description)
      }
    }
    do {
      return try MasterKeyText.parse(text)
    } catch {
      throw .masterKey(error)
    }
  }

  private struct Fields {
    var created = LockTime.missing
    var username = ""
    var hostname = ""
    var kdf = ""
    // swift-format-ignore: AlwaysUseLowerCamelCase
    var N: Int64 = 0
    var r: Int64 = 0
    var p: Int64 = 0
    var salt: [UInt8] = []
    var data: [UInt8] = []

    mutating func set(_ key: GoJSONString, to raw: ByteView) throws(GoJSONError) {
      if key.names("created") {
        created = try GoJSONValue(field: "created", raw: raw).time() ?? created
      } else if key.names("username") {
        username = try GoJSONValue(field: "username", raw: raw).string() ?? username
      } else if key.names("hostname") {
        hostname = try GoJSONValue(field: "hostname", raw: raw).string() ?? hostname
      } else if key.names("kdf") {
        kdf = try GoJSONValue(field: "kdf", raw: raw).string() ?? kdf
      } else if key.names("N") {
        N = try GoJSONValue(field: "N", raw: raw).int64() ?? N
      } else if key.names("r") {
        r = try GoJSONValue(field: "r", raw: raw).int64() ?? r
      } else if key.names("p") {
        p = try GoJSONValue(field: "p", raw: raw).int64() ?? p
      } else if key.names("salt") {
        salt = try GoJSONValue(field: "salt", raw: raw).bytes()
      } else if key.names("data") {
        data = try GoJSONValue(field: "data", raw: raw).bytes()
      }
    }
  }
}
