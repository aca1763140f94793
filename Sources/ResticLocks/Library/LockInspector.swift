internal import HostFacts
internal import ResticCrypto
internal import ResticFormat
internal import ResticStorage

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Looks at the locks of a restic repository without restic, and changes nothing.
public struct LockInspector: Sendable {
  private let storage: LocalStorage
  private let trustsClock: Bool
  private let hostAliases: Set<String>

  /// An inspector for a repository in a folder of this machine's file systems.
  ///
  /// - Parameters:
  ///   - path: The repository's folder, the one that holds `config`.
  ///   - hostAliases: Other names that this machine has or had; compared exactly.
  ///   - trustsClock: Declares this machine's clock right where the kernel can't tell.
  public init(path: String, hostAliases: Set<String> = [], trustsClock: Bool = false) {
    storage = LocalStorage(detectingLayoutAt: path)
    self.hostAliases = hostAliases
    self.trustsClock = trustsClock
  }

  /// One look at the locks, judged with the evidence that this machine has now.
  ///
  /// Nothing is remembered between looks, so that `observed` silence is never among the evidence.
  ///
  /// - Parameter password: The password's bytes; `nil` leaves locks unopened, their fields and verdicts `nil`. A
  ///   repository without locks needs none, and none is tried then.
  /// - Returns: What was found. Damaged, unreadable and vanishing locks are findings, not errors.
  /// - Throws: ``LockInspectionError``.
  public func inspect(password: [UInt8]?) async throws -> LockInspection {
    var options = JudgementOptions()
    options.hostAliases = hostAliases
    options.trustsClock = trustsClock
    let inspector = Inspector(
      storage: storage,
      surroundings: Surroundings(
        clock: .system, host: .current(), processes: .system, ownPID: Int64(getpid())),
      options: options, locality: FileSystemLocality.of(storage.path))
    do {
      let inspection = try await inspector.inspect { config, _ in
        guard let password else { return nil }
        return try await RepositoryOpener(storage: storage)
          .open(.password(SecretBytes(copying: password)), config: config)
      }
      return LockInspection(inspection)
    } catch let error as RepositoryError {
      throw LockInspectionError(error)
    }
  }
}

/// Why no look at a repository was possible; two errors are equal when their codes are.
public struct LockInspectionError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What a caller can tell apart.
  public enum Code: String, Sendable {
    /// There is no `config` at the location.
    case noRepository
    /// The password opens none of the repository's keys, or there are none.
    case wrongPassword
    /// The storage would not let us read.
    case notReadable
    /// A key file or `config` is damaged, or asks for too much.
    case damaged
    /// The task was cancelled.
    case cancelled
  }

  /// What went wrong.
  public let code: Code
  /// What failed, on which object; without secrets.
  public let description: String
  /// What to do next, where there is something to say.
  public let hint: String?

  init(_ error: RepositoryError) {
    description = error.description
    hint = error.hint
    code =
      switch error {
      case .noRepository: .noRepository
      case .wrongPassword, .noPassword, .noKeys, .foreignMasterKey: .wrongPassword
      case .notReadable: .notReadable
      case .keyUnusable, .keyTooCostly, .configDamaged: .damaged
      case .cancelled: .cancelled
      }
  }

  /// Compares codes, so that texts may improve.
  public static func == (left: LockInspectionError, right: LockInspectionError) -> Bool {
    left.code == right.code
  }
}
