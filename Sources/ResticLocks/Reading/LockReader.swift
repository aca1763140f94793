package import ResticCrypto
internal import ResticFormat
package import ResticStorage
internal import WallTime

/// Reads lock files, and calls nothing damaged or unreadable that a second look would not confirm.
package struct LockReader: Sendable {
  let storage: any Storage
  /// Waits between two readings of one file.
  let sleep: @Sendable (Duration) async throws -> Void

  /// The bytes of the locks in a listing, as far as they were fetched before the key was there.
  package struct Prefetched: Sendable {
    fileprivate var readings: [String: Reading] = [:]
  }

  fileprivate enum Reading: Sendable {
    case bytes([UInt8])
    case failed(StorageError)
  }

  /// What became of one listed file.
  package enum Outcome: Sendable {
    case file(LockFile)
    /// It was listed and was gone when we came to read it.
    case vanished
  }

  package init(storage: any Storage, sleep: @escaping @Sendable (Duration) async throws -> Void) {
    self.storage = storage
    self.sleep = sleep
  }

  /// Fetches bytes side by side, up to a bound in all, so that the key can be derived meanwhile.
  package func prefetch(_ entries: [FileEntry]) async -> Prefetched {
    var wanted: [FileEntry] = []
    var byteCount: Int64 = 0
    for entry in entries where entry.byteCount <= ReadingLimits.lockByteCount && !entry.isEmptyFile {
      byteCount += max(entry.byteCount, 0)
      guard byteCount <= ReadingLimits.prefetchByteCount else { break }
      wanted.append(entry)
    }
    let readings = await concurrentMap(wanted, width: ReadingLimits.concurrentRequests) { entry in
      (entry.name, await read(entry))
    }
    return Prefetched(readings: Dictionary(readings) { first, _ in first })
  }

  /// Reads and decodes every entry; the outcome at an index is that of the entry there.
  package func outcomes(
    of entries: [FileEntry], prefetched: Prefetched, key: SealingKey, version: Int
  ) async -> [Outcome] {
    let opener = LockOpener(key: key, repositoryVersion: version)
    return await concurrentMap(entries, width: ReadingLimits.concurrentRequests) { entry in
      if entry.isEmptyFile { return .file(Self.emptyFile(entry)) }
      let first = if let fetched = prefetched.readings[entry.name] { fetched } else { await read(entry) }
      return await settled(entry, first, opener)
    }
  }

  /// Repeats a reading that failed until two readings a second apart agree.
  private func settled(_ entry: FileEntry, _ first: Reading, _ opener: LockOpener) async -> Outcome {
    var previous = first
    var file = lockFile(entry, first, opener)
    var readings = 1
    while file.defect != nil, file.record == nil {
      if case .failed(let error) = previous, error.kind == .notFound, await isGone(entry) { return .vanished }
      if case .failed(let error) = previous, error.kind == .tooLarge { break }
      guard readings < ReadingLimits.contentReadings, (try? await sleep(ReadingLimits.rereadDelay)) != nil
      else {
        return .file(
          Self.unreadable(entry, "its content changes while it is read: it may still be being written"))
      }
      let next = await read(entry)
      let isConfirmed = next.agrees(with: previous)
      previous = next
      file = lockFile(entry, next, opener)
      readings += 1
      if isConfirmed { break }
    }
    if case .failed(let error) = previous, error.kind == .notFound, await isGone(entry) { return .vanished }
    return .file(file)
  }

  private func isGone(_ entry: FileEntry) async -> Bool {
    guard let entries = try? await storage.list(.locks, limit: ReadingLimits.listing) else { return false }
    return !entries.contains { $0.name == entry.name }
  }

  private func read(_ entry: FileEntry) async -> Reading {
    do {
      let name = LockListing.id(of: entry)?.hex ?? entry.name
      return .bytes(
        try await storage.read(.entry(folder: .locks, name: name), byteLimit: ReadingLimits.lockByteCount))
    } catch {
      return .failed(error)
    }
  }

  private func lockFile(_ entry: FileEntry, _ reading: Reading, _ opener: LockOpener) -> LockFile {
    switch reading {
    case .failed(let error): Self.unreadable(entry, error.description)
    case .bytes(let bytes):
      if let id = LockListing.id(of: entry) {
        opener.open(bytes, of: entry, id: id)
      } else {
        Self.stray(entry)
      }
    }
  }

  private static func unreadable(_ entry: FileEntry, _ message: String) -> LockFile {
    LockFile(
      name: entry.name, id: LockListing.id(of: entry), byteCount: entry.byteCount, modified: entry.modified,
      defect: LockDefect(kind: .unreadable, message: message), contentMark: entry.mark)
  }

  /// A file that came and went each time the listing was taken.
  static func elusive(_ entry: FileEntry) -> LockFile {
    unreadable(entry, "it went before it could be read, and others took its place each time")
  }

  package static func emptyFile(_ entry: FileEntry) -> LockFile {
    LockFile(
      name: entry.name, id: LockListing.id(of: entry), byteCount: 0, modified: entry.modified,
      defect: LockDefect(
        kind: .empty, message: "the file has no bytes: its writer was interrupted, or the disk was full"),
      contentMark: entry.mark)
  }

  package static func stray(_ entry: FileEntry) -> LockFile {
    LockFile(
      name: entry.name, id: nil, byteCount: entry.byteCount, modified: entry.modified,
      defect: LockDefect(
        kind: .stray, message: "its name is not that of a lock: restic neither reads nor removes it"),
      contentMark: entry.mark)
  }

  /// A file that is listed and not opened, for want of a password.
  package static func unopened(_ entry: FileEntry) -> LockFile {
    entry.isEmptyFile
      ? emptyFile(entry)
      : LockFile(
        name: entry.name, id: LockListing.id(of: entry), byteCount: entry.byteCount, modified: entry.modified)
  }
}

extension LockReader.Reading {
  fileprivate func agrees(with other: LockReader.Reading) -> Bool {
    switch (self, other) {
    case (.bytes(let left), .bytes(let right)): left == right
    case (.failed(let left), .failed(let right)): left.kind == right.kind
    default: false
    }
  }
}

extension FileEntry {
  var isEmptyFile: Bool { kind == .regular && byteCount == 0 }
  /// Tells a file that was not read, or whose name is no hash, from another under the same name.
  var mark: String { "\(byteCount):\(modified.map { "\($0.seconds).\($0.nanoseconds)" } ?? "")" }
}
