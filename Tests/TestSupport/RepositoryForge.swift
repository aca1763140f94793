package import Foundation
package import ResticCrypto
package import ResticFormat
package import WallTime

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The tests' own writer of repositories: config, key files and locks on disk that real restic reads.
///
/// Key files take scrypt's N=1024, r=8, p=1, so that opening them costs a few milliseconds.
///
///     let forge = try RepositoryForge(at: folder.url.appendingPathComponent("repo"))
///     let id = try forge.addLock(ForgedLock(pid: 42), modified: UnixTime(seconds: 1_700_000_000))
package struct RepositoryForge: Sendable {
  package let url: URL
  package let version: Int
  package let masterKey: SealingKey
  /// What `restic cat masterkey` would print.
  package let masterKeyText: String
  /// The repository's ID, as in `config`.
  package let id: String
  private let random: TestRandom

  /// Makes a repository with one key.
  ///
  /// - Parameters:
  ///   - url: Its folder, which is created.
  ///   - version: 1 or 2; others are written too, for readers to refuse.
  ///   - password: Of the first key; `nil` makes no key file.
  ///   - seed: Makes everything about the repository reproducible; without it, keys are random.
  /// - Throws: Whatever hinders writing.
  package init(
    at url: URL, version: Int = 2, password: String? = TestEnvironment.fixturePassword, seed: UInt64? = nil
  ) throws {
    self.url = url
    self.version = version
    random = TestRandom(seed: seed)
    let (encrypt, k, r) = (random.bytes(32), random.bytes(16), random.bytes(16))
    guard
      let key = SealingKey(
        encrypt: SecretBytes(copying: encrypt), k: SecretBytes(copying: k), r: SecretBytes(copying: r))
    else { throw ForgeError(description: "the random key is not valid") }
    masterKey = key
    masterKeyText = """
      {"mac":{"k":"\(Data(k).base64EncodedString())","r":"\(Data(r).base64EncodedString())"},\
      "encrypt":"\(Data(encrypt).base64EncodedString())"}
      """
    id = SHA256.hex(random.bytes(32))
    for folder in ["keys", "locks", "snapshots", "index", "data"] {
      try FileManager.default.createDirectory(
        at: url.appendingPathComponent(folder), withIntermediateDirectories: true)
    }
    // An irreducible polynomial, as restic checks that: the one of its own tests.
    let config = #"{"version":\#(version),"id":"\#(id)","chunker_polynomial":"3da3358b4dc173"}"#
    try seal(Array(config.utf8)).write(to: url.appendingPathComponent("config"))
    if let password { try addKey(password: password) }
  }

  /// Adds a key file that opens with `password`.
  @discardableResult
  package func addKey(
    password: String, parameters: (N: Int, r: Int, p: Int) = (1024, 8, 1), username: String = "forge",
    hostname: String = "forge"
  ) throws -> ObjectID {
    let salt = random.bytes(64)
    let derived = try Scrypt.deriveKeyWithOpenSSL(
      password: SecretBytes(copying: Array(password.utf8)), salt: salt,
      parameters: try ScryptParameters(N: parameters.N, r: parameters.r, p: parameters.p))
    guard let key = SealingKey(derived: derived),
      let data = key.seal(Array(masterKeyText.utf8), nonce: random.bytes(16))
    else { throw ForgeError(description: "the master key cannot be sealed") }
    let json = """
      {"created":"2026-11-22T19:00:00Z","username":"\(username)","hostname":"\(hostname)","kdf":"scrypt",\
      "N":\(parameters.N),"r":\(parameters.r),"p":\(parameters.p),\
      "salt":"\(Data(salt).base64EncodedString())","data":"\(Data(data).base64EncodedString())"}
      """
    return try addRawFile(inKeys: Array(json.utf8))
  }

  /// Adds a key file of these bytes under the name that is their hash, or under another one.
  @discardableResult
  package func addRawFile(inKeys bytes: [UInt8], name: String? = nil) throws -> ObjectID {
    let id = ObjectID(hashOf: bytes)
    try bytes.write(to: url.appendingPathComponent("keys/\(name ?? id.hex)"))
    return id
  }

  /// Seals and adds a lock, wrapped as restic wraps it: compressed in version 2.
  @discardableResult
  package func addLock(
    _ lock: ForgedLock = ForgedLock(), modified: UnixTime? = nil, name: String? = nil
  ) throws -> ObjectID {
    try addLock(json: lock.json, modified: modified, name: name)
  }

  @discardableResult
  package func addLock(
    record: LockRecord, modified: UnixTime? = nil, name: String? = nil
  ) throws -> ObjectID {
    try addLock(ForgedLock(record), modified: modified, name: name)
  }

  /// Seals and adds a lock with this content.
  ///
  /// - Parameters:
  ///   - json: Any text, sound or not.
  ///   - isCompressed: By default whether the repository's version is 2 or later.
  ///   - modified: The file's modification time, now by default.
  ///   - name: The file's name, the hash of its bytes by default.
  /// - Returns: The hash of the file.
  /// - Throws: Whatever hinders writing.
  @discardableResult
  package func addLock(
    json: String, isCompressed: Bool? = nil, modified: UnixTime? = nil, name: String? = nil
  ) throws -> ObjectID {
    try addLock(json: Array(json.utf8), isCompressed: isCompressed, modified: modified, name: name)
  }

  @discardableResult
  package func addLock(
    json: [UInt8], isCompressed: Bool? = nil, modified: UnixTime? = nil, name: String? = nil
  ) throws -> ObjectID {
    let wraps = isCompressed ?? (version >= 2)
    return try addLock(
      plaintext: wraps ? [2] + ZstdCompressor.compress(json) : json, modified: modified, name: name)
  }

  /// Seals and adds a lock whose plaintext is exactly this, encoding byte included.
  @discardableResult
  package func addLock(
    plaintext: [UInt8], modified: UnixTime? = nil, name: String? = nil
  ) throws -> ObjectID {
    let file = try seal(plaintext)
    let id = ObjectID(hashOf: file)
    try addRawFile(inLocks: name ?? id.hex, bytes: file, modified: modified)
    return id
  }

  /// Puts bytes into `locks/` as they are.
  package func addRawFile(inLocks name: String, bytes: [UInt8], modified: UnixTime? = nil) throws {
    let file = url.appendingPathComponent("locks/\(name)")
    try bytes.write(to: file)
    if let modified { try Self.setModified(file, modified) }
  }

  /// Seals and adds a snapshot without data: a record of who ran what when.
  @discardableResult
  package func addSnapshot(
    start: String, end: String? = nil, hostname: String = "web1.example.org", username: String = "root",
    program: String? = "restic 0.19.1", modified: UnixTime? = nil
  ) throws -> ObjectID {
    var members = [
      #""time":"\#(start)""#, #""tree":"\#(String(repeating: "0", count: 64))""#, #""paths":["/srv","/etc"]"#,
      #""hostname":"\#(hostname)""#, #""username":"\#(username)""#,
    ]
    if let program { members.append(#""program_version":"\#(program)""#) }
    if let end { members.append(#""summary":{"backup_start":"\#(start)","backup_end":"\#(end)"}"#) }
    let json = Array("{\(members.joined(separator: ","))}".utf8)
    let file = try seal(version >= 2 ? [2] + ZstdCompressor.compress(json) : json)
    let id = ObjectID(hashOf: file)
    let url = url.appendingPathComponent("snapshots/\(id.hex)")
    try file.write(to: url)
    if let modified { try Self.setModified(url, modified) }
    return id
  }

  package func removeLock(_ id: ObjectID) throws {
    try FileManager.default.removeItem(at: url.appendingPathComponent("locks/\(id.hex)"))
  }

  /// Where a lock is stored.
  package func lockURL(_ id: ObjectID) -> URL { url.appendingPathComponent("locks/\(id.hex)") }

  /// The sealed box of `plaintext` under the master key, with a nonce of its own.
  package func seal(_ plaintext: [UInt8]) throws -> [UInt8] {
    guard let sealed = masterKey.seal(plaintext, nonce: random.bytes(16)) else {
      throw ForgeError(description: "the file cannot be sealed")
    }
    return sealed
  }

  /// Sets the modification time of a file to the nanosecond.
  package static func setModified(_ file: URL, _ time: UnixTime) throws {
    let stamp = timespec(tv_sec: Int(time.seconds), tv_nsec: Int(time.nanoseconds))
    guard utimensat(AT_FDCWD, file.path, [stamp, stamp], 0) == 0 else {
      throw ForgeError(description: "cannot set the time of \(file.path): errno \(errno)")
    }
  }
}

package struct ForgeError: Error, CustomStringConvertible {
  package let description: String
}

extension [UInt8] {
  fileprivate func write(to url: URL) throws { try Data(self).write(to: url) }
}
