internal import Synchronization
package import WallTime

/// A repository's files in memory, with faults on demand, for tests of everything that stands on `Storage`.
package final class InMemoryStorage: Storage, LockRemoval {
  /// One request, as hooks and the log see it.
  package enum Request: Hashable, Sendable {
    case list(RepositoryFolder)
    case stat(RepositoryFile)
    case read(RepositoryFile)
    case removeLock(LockFileName)
    case restoreLock(LockFileName)
  }

  private struct StoredFile {
    var content: [UInt8]
    var modified: UnixTime?
    var kind: FileEntry.Kind
  }

  private struct State {
    var files: [RepositoryFile: StoredFile] = [:]
    var folders: Set<RepositoryFolder> = Set(RepositoryFolder.allCases)
    var requests: [Request] = []
  }

  package typealias Hook =
    @Sendable (_ request: Request, _ earlierCount: Int, _ storage: InMemoryStorage) async throws(StorageError)
    ->
    Void

  package let displayName: String
  private let clock = Mutex<Double?>(nil)
  private let state = Mutex(State())
  private let hook: Mutex<Hook?> = Mutex(nil)

  package init(displayName: String = "memory") { self.displayName = displayName }

  /// As a server with a clock of its own shows it.
  package var clockOffsetSeconds: Double? {
    get { clock.withLock { $0 } }
    set { clock.withLock { $0 = newValue } }
  }

  /// Puts a file in place of what was there under its name.
  package func put(
    _ content: [UInt8], at file: RepositoryFile, modified: UnixTime? = UnixTime(seconds: 1_700_000_000),
    kind: FileEntry.Kind = .regular
  ) {
    state.withLock { state in
      state.files[file] = StoredFile(content: content, modified: modified, kind: kind)
      if case .entry(let folder, _) = file { _ = state.folders.insert(folder) }
    }
  }

  package func remove(_ file: RepositoryFile) {
    state.withLock { _ = $0.files.removeValue(forKey: file) }
  }

  /// Takes a folder away with everything in it.
  package func removeFolder(_ folder: RepositoryFolder) {
    state.withLock { state in
      state.folders.remove(folder)
      state.files = state.files.filter { file, _ in
        if case .entry(folder, _) = file { return false }
        return true
      }
    }
  }

  /// The contents of all files at this moment; no request.
  package var contents: [RepositoryFile: [UInt8]] { state.withLock { $0.files.mapValues(\.content) } }

  /// Called before each request is answered, with the number of earlier requests of the same kind on the same
  /// object.
  ///
  /// It may change the files, throw what the request then throws, or sleep.
  package func beforeEach(_ hook: Hook?) {
    self.hook.withLock { $0 = hook }
  }

  /// Every request since the beginning, in order.
  package var requests: [Request] { state.withLock { $0.requests } }

  package func list(_ folder: RepositoryFolder, limit: Int) async throws(StorageError) -> [FileEntry] {
    let action = "cannot list \(folder.rawValue)"
    try await begin(.list(folder), action: action)
    let entries: [FileEntry]? = state.withLock { state in
      guard state.folders.contains(folder) else { return nil }
      return state.files.compactMap { file, stored in
        guard case .entry(folder, let name) = file else { return nil }
        return Self.entry(name, stored)
      }
    }
    guard let entries else { throw StorageError(.notFound, action: action, reason: "no such folder") }
    guard entries.count <= limit else {
      throw StorageError(.permanent, action: action, reason: "it holds more than \(limit) entries")
    }
    return entries
  }

  package func stat(_ file: RepositoryFile) async throws(StorageError) -> FileEntry {
    let path = RepositoryLayout.default.path(of: file)
    try await begin(.stat(file), action: "cannot look at \(path)")
    let stored = try stored(file, action: "cannot look at \(path)")
    if case .entry(_, let name) = file { return Self.entry(name, stored) }
    return Self.entry(path, stored)
  }

  package func read(_ file: RepositoryFile, byteLimit: Int) async throws(StorageError) -> [UInt8] {
    let action = "cannot read \(RepositoryLayout.default.path(of: file))"
    try await begin(.read(file), action: action)
    let stored = try stored(file, action: action)
    guard stored.kind == .regular else {
      throw StorageError(.permanent, action: action, reason: "it is not a regular file")
    }
    guard stored.content.count <= byteLimit else {
      throw StorageError(.tooLarge, action: action, reason: "it has more than \(byteLimit) bytes")
    }
    return stored.content
  }

  package func removeLock(_ name: LockFileName) async throws(StorageError) {
    let action = "cannot remove locks/\(name.text)"
    try await begin(.removeLock(name), action: action)
    let file = RepositoryFile.entry(folder: .locks, name: name.text)
    guard try stored(file, action: action).kind == .regular else {
      throw StorageError(.permanent, action: action, reason: "it is not a regular file")
    }
    remove(file)
  }

  package func restoreLock(
    _ name: LockFileName, content: [UInt8], modified: UnixTime?
  ) async throws(StorageError) {
    let action = "cannot put back locks/\(name.text)"
    try await begin(.restoreLock(name), action: action)
    let file = RepositoryFile.entry(folder: .locks, name: name.text)
    guard state.withLock({ $0.files[file] == nil }) else {
      throw StorageError(.alreadyExists, action: action, reason: "a file of that name is there")
    }
    put(content, at: file, modified: modified)
  }

  private func begin(_ request: Request, action: String) async throws(StorageError) {
    try StorageError.checkCancellation(action: action)
    let earlierCount = state.withLock { state in
      defer { state.requests.append(request) }
      return state.requests.count { $0 == request }
    }
    guard let hook = hook.withLock({ $0 }) else { return }
    try await hook(request, earlierCount, self)
    try StorageError.checkCancellation(action: action)
  }

  private func stored(_ file: RepositoryFile, action: String) throws(StorageError) -> StoredFile {
    guard let stored = state.withLock({ $0.files[file] }) else {
      throw StorageError(.notFound, action: action, reason: "no such file")
    }
    return stored
  }

  private static func entry(_ name: String, _ stored: StoredFile) -> FileEntry {
    FileEntry(
      name: name, byteCount: Int64(stored.content.count), modified: stored.modified, kind: stored.kind)
  }
}
