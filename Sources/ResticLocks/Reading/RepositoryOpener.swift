package import ResticCrypto
package import ResticFormat
package import ResticStorage

/// A repository whose key fits: it opens everything the repository seals.
package struct OpenedRepository: Sendable {
  package let key: SealingKey
  package let config: RepositoryConfig
}

/// Opens a repository: finds the key that the password fits, and proves it on `config`.
package struct RepositoryOpener: Sendable {
  let storage: any Storage
  let limits: ScryptLimits
  /// The beginning of the ID of the key to try first.
  let keyHint: String?

  private let turn: DerivationTurn

  /// Lets a key derivation, which takes a core, begin when it is its turn.
  package typealias DerivationTurn =
    @Sendable (_ derive: @Sendable () async -> Result<SecretBytes, ScryptError>) async
    -> Result<SecretBytes, ScryptError>

  package init(
    storage: any Storage, limits: ScryptLimits = .standard, keyHint: String? = nil,
    turn: @escaping DerivationTurn = { await $0() }
  ) {
    self.storage = storage
    self.limits = limits
    self.keyHint = keyHint
    self.turn = turn
  }

  /// Opens `config` with the key that the credential leads to.
  ///
  /// - Parameters:
  ///   - credential: a password, tried on up to twenty keys, or the master key itself.
  ///   - config: the bytes of the repository's `config` file.
  ///   - keyFiles: those that a password is tried on, where they were fetched already.
  /// - Returns: the repository, whose key is proven on `config`.
  /// - Throws: ``RepositoryError``.
  package func open(
    _ credential: Credential, config: [UInt8], keyFiles: KeyFiles? = nil
  ) async throws(RepositoryError) -> OpenedRepository {
    switch credential {
    case .masterKey(let key):
      do {
        return OpenedRepository(key: key, config: try RepositoryConfig.open(config, with: key))
      } catch .authenticationFailed {
        throw .foreignMasterKey
      } catch {
        throw .configDamaged(reason: error.description)
      }
    case .password(let password):
      let fetched: KeyFiles
      if let keyFiles { fetched = keyFiles } else { fetched = try await self.keyFiles() }
      let key = try await findKey(password, in: fetched)
      do {
        return OpenedRepository(key: key, config: try RepositoryConfig.open(config, with: key))
      } catch {
        throw .configDamaged(reason: error.description)
      }
    }
  }

  /// Fetches the hinted key first, then the others in the order of their IDs, twenty at most, as restic does.
  ///
  /// - Throws: ``RepositoryError`` where keys can't be listed. A key that can't be read is no error.
  package func keyFiles() async throws(RepositoryError) -> KeyFiles {
    let ids = try await listKeys()
    let candidates = Array(ordered(ids).prefix(ReadingLimits.keyAttempts))
    let files = await concurrentMap(candidates, width: ReadingLimits.concurrentRequests) { id in
      (id: id, file: await readKeyFile(id))
    }
    return KeyFiles(candidates: files, keyCount: ids.count)
  }

  /// Tries one key after the other.
  ///
  /// One that can't be used hides no other: it is reported only when none opens.
  private func findKey(
    _ password: SecretBytes, in keyFiles: KeyFiles
  ) async throws(RepositoryError) -> SealingKey {
    guard !keyFiles.candidates.isEmpty else { throw .noKeys(location: storage.displayName) }
    var triedCount = 0
    var firstFailure: RepositoryError?
    for (id, file) in keyFiles.candidates {
      switch file {
      case .failure(let failure): firstFailure = firstFailure ?? failure
      case .success(let keyFile):
        do {
          if let key = try await masterKey(of: keyFile, id: id, password: password) { return key }
          triedCount += 1
        } catch .cancelled {
          throw .cancelled
        } catch {
          firstFailure = firstFailure ?? error
        }
      }
    }
    throw firstFailure ?? .wrongPassword(triedKeyCount: triedCount, keyCount: keyFiles.keyCount)
  }

  private func listKeys() async throws(RepositoryError) -> [ObjectID] {
    do {
      let entries = try await storage.list(.keys, limit: ReadingLimits.listing)
      return entries.compactMap { ObjectID(hex: $0.name) }.sorted()
    } catch {
      if error.kind == .notFound { return [] }
      throw .ended(with: error)
    }
  }

  private func ordered(_ ids: [ObjectID]) -> [ObjectID] {
    guard let keyHint, !keyHint.isEmpty else { return ids }
    return ids.filter { $0.hex.hasPrefix(keyHint) } + ids.filter { !$0.hex.hasPrefix(keyHint) }
  }

  private func readKeyFile(_ id: ObjectID) async -> Result<KeyFile, RepositoryError> {
    do {
      let bytes = try await storage.read(
        .entry(folder: .keys, name: id.hex), byteLimit: ReadingLimits.keyFileByteCount)
      return .success(try KeyFile.parse(bytes, name: id))
    } catch let error as KeyFileError {
      return .failure(.keyUnusable(id: id, reason: error.description))
    } catch let error as StorageError {
      return .failure(.keyUnusable(id: id, reason: error.description))
    } catch {
      return .failure(.keyUnusable(id: id, reason: "it can't be read"))
    }
  }

  /// `nil` when the password does not fit.
  private func masterKey(
    of file: KeyFile, id: ObjectID, password: SecretBytes
  ) async throws(RepositoryError) -> SealingKey? {
    let derived: SecretBytes
    do {
      let parameters = try file.scryptParameters()
      derived = try await turn { [limits] in
        do throws(ScryptError) {
          return .success(
            try await Scrypt.deriveKey(
              password: password, salt: file.salt, parameters: parameters, limits: limits))
        } catch {
          return .failure(error)
        }
      }.get()
    } catch .cancelled {
      throw .cancelled
    } catch let error where error.isLimit {
      throw .keyTooCostly(id: id, error: error)
    } catch {
      throw .keyUnusable(id: id, reason: error.description)
    }
    guard let passwordKey = SealingKey(derived: derived) else {
      throw .keyUnusable(id: id, reason: "the password yields a key that restic calls invalid")
    }
    do {
      return try file.openMasterKey(with: passwordKey)
    } catch .wrongPassword {
      return nil
    } catch {
      throw .keyUnusable(id: id, reason: error.description)
    }
  }
}

extension ScryptError {
  /// Refused by our limits, not by what scrypt itself allows.
  fileprivate var isLimit: Bool {
    switch self {
    case .memoryLimit, .workLimit: true
    default: false
    }
  }
}
