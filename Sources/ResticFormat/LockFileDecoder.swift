package import ResticCrypto

/// Turns the bytes of lock files into lock records; one decoder serves any number of files and tasks.
package struct LockFileDecoder: Sendable {
  private let key: SealingKey
  private let envelope: Envelope

  /// - Parameters:
  ///   - key: The repository's master key.
  ///   - repositoryVersion: 1 or 2, from the repository's config.
  package init(key: SealingKey, repositoryVersion: Int) {
    self.key = key
    envelope = Envelope(repositoryVersion: repositoryVersion)
  }

  /// Judges a lock file in restic's order: hash, length, authentication code, encoding, JSON.
  ///
  /// A wrong name does not end the judgement: sound content under it is `.misnamed`.
  ///
  /// - Parameters:
  ///   - file: The whole file as stored.
  ///   - name: The name under which it is stored.
  /// - Returns: The record, the defect, or both.
  package func decode(_ file: [UInt8], name: ObjectID) -> LockFileContent {
    guard !file.isEmpty else {
      return .defective(LockDefect(kind: .empty, message: "the file is empty"))
    }
    let isNamedByHash = name.isHash(of: file)
    do throws(LockDefect) {
      let record = try record(of: file)
      if isNamedByHash { return .sound(record) }
      return .misnamed(
        record,
        LockDefect(
          kind: .name,
          message: "the lock is sound, but its file name is not the SHA-256 of its bytes, as restic demands",
          isAuthentic: true))
    } catch {
      guard !isNamedByHash, error.kind != .unreadable else { return .defective(error) }
      return .defective(
        LockDefect(
          kind: .hash, message: "the file's bytes are not those that its name promises: \(error.message)",
          isAuthentic: error.isAuthentic))
    }
  }

  /// What a file whose authentication code fails would say, for people who look for what happened to it.
  ///
  /// Nothing vouches for it: whoever can write the file can make it say anything.
  package func unauthenticatedRecord(of file: [UInt8]) -> LockRecord? {
    guard let plaintext = key.decryptUnauthenticated(file), let json = try? envelope.content(of: plaintext),
      !json.isEmpty
    else { return nil }
    return try? LockRecord.decode(json)
  }

  private func record(of file: [UInt8]) throws(LockDefect) -> LockRecord {
    let plaintext = try open(file)
    let json: [UInt8]
    do {
      json = try envelope.content(of: plaintext)
    } catch {
      throw LockDefect(kind: .encoding, message: error.description, isAuthentic: true)
    }
    guard !json.isEmpty else {
      throw LockDefect(kind: .json, message: "the lock's content is empty", isAuthentic: true)
    }
    do {
      return try LockRecord.decode(json)
    } catch {
      throw LockDefect(
        kind: .json, message: "the content is not a lock that restic can read: \(error)", isAuthentic: true)
    }
  }

  private func open(_ file: [UInt8]) throws(LockDefect) -> SecretBytes {
    do {
      return try key.open(file)
    } catch {
      switch error {
      case .tooShort(let byteCount):
        throw LockDefect(
          kind: .tooShort,
          message: "the file has \(byteCount) bytes; a lock has more than \(SealingKey.overheadByteCount)")
      case .zeroNonce:
        throw LockDefect(kind: .mac, message: "the nonce is all zero, which restic never writes")
      case .authenticationFailed:
        throw LockDefect(
          kind: .mac,
          message: "the authentication code is wrong: the bytes were changed, or sealed with another key")
      case .openSSL(let failure):
        throw LockDefect(kind: .unreadable, message: "the file could not be judged: \(failure)")
      }
    }
  }
}
