package import ResticCrypto
package import ResticFormat
package import ResticStorage

/// Why a repository could not be opened or read.
package enum RepositoryError: Error, Sendable, CustomStringConvertible {
  /// There is no `config` at the location.
  case noRepository(location: String, reason: String)
  /// The storage would not let us look.
  case notReadable(StorageError)
  /// None of the tried keys opens with this password.
  case wrongPassword(triedKeyCount: Int, keyCount: Int)
  /// A password is needed and there is none.
  case noPassword
  /// `keys/` holds no key file.
  case noKeys(location: String)
  /// No key opened, and this one could not be used.
  case keyUnusable(id: ObjectID, reason: String)
  /// No key opened, and this one's parameters cost more than is allowed.
  case keyTooCostly(id: ObjectID, error: ScryptError)
  /// `config` can't be read with a key that fits the password.
  case configDamaged(reason: String)
  /// The key given with `--master-key` does not open `config`.
  case foreignMasterKey
  case cancelled

  /// What a request ended with; an interruption is no fault of the repository.
  static func ended(with error: StorageError) -> RepositoryError {
    error.kind == .cancelled ? .cancelled : .notReadable(error)
  }

  /// What failed, on which object.
  package var description: String {
    switch self {
    case .noRepository(let location, let reason): "there is no restic repository at \(location): \(reason)"
    case .notReadable(let error): "the repository can't be read: \(error)"
    case .wrongPassword(let triedKeyCount, let keyCount):
      "wrong password: it opens none of \(Self.keys(triedKeyCount))"
        + (keyCount > triedKeyCount ? ", and the repository has \(keyCount)" : "")
    case .noPassword: "the repository has locks, and reading them needs the password"
    case .noKeys(let location): "the repository at \(location) has no key file, so no password can open it"
    case .keyUnusable(let id, let reason):
      "no key opens the repository, and key \(id.short) can't be used: \(reason)"
    case .keyTooCostly(let id, let error): "key \(id.short) asks for too much: \(error)"
    case .configDamaged(let reason): "the repository's config can't be used: \(reason)"
    case .foreignMasterKey: "the master key does not open this repository: it belongs to another one"
    case .cancelled: "interrupted"
    }
  }

  /// What to do next.
  package var hint: String? {
    switch self {
    case .noRepository: "check the path, and whether the disk or share is mounted"
    case .wrongPassword(let triedKeyCount, let keyCount):
      keyCount > triedKeyCount
        ? "name the right key with --key-hint"
        : "look where the password comes from: -p, --password-command, RESTIC_PASSWORD or the variables beside it"
    case .noPassword: "use --password-file, --password-command or RESTIC_PASSWORD as for restic"
    case .noKeys: "keys/ is empty or missing; restore it from a copy of the repository"
    case .keyTooCostly: "if you trust this repository, allow it with --allow-kdf-memory"
    case .configDamaged:
      "the key fits the password, so config or the key file is damaged; compare them with a copy"
    case .notReadable(let error):
      error.kind == .notAllowed
        ? "run reslock as the user, and with the credentials, that restic has here" : nil
    case .keyUnusable(let id, _):
      "let this user read keys/\(id.short)…, or compare that file with a copy of the repository"
    case .foreignMasterKey, .cancelled: nil
    }
  }

  private static func keys(_ count: Int) -> String { count == 1 ? "1 key" : "\(count) keys" }
}
