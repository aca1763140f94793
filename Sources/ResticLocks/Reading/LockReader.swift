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
    /// Whether nothing is left to be read but files that no key opens: empty ones, and those too large for a lock.
    private(set) var isWhole = true

    package init() {}

    fileprivate init(_ readings: [(String, Reading)], isWhole: Bool) {
      self.readings = Dictionary(readings) { first, _ in first }
      self.isWhole = isWhole
    }
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
    var isWhole = true
    for entry in entries where entry.byteCount <= ReadingLimits.lockByteCount && !entry.isEmptyFile {
      byteCount += max(entry.byteCount, 0)
      guard byteCount <= ReadingLimits.prefetchByteCount else {
        isWhole = false
        break
      }
      wanted.append(entry)
    }
    let readings = await concurrentMap(wanted, width: ReadingLimits.concurrentRequests) { entry in
      (entry.name, await read(entry))
    }
    return Prefetched(readings, isWhole: isWhole)
  }

  /// Reads and decodes every entry; the outcome at an index is that of the entry there.
  ///
  /// What fails is read again until two readings a second apart agree: all failures together, so that ten thousand
  /// damaged files take no more pauses and listings than one.
  package func outcomes(
    of entries: [FileEntry], prefetched: Prefetched, key: SealingKey, version: Int
  ) async -> [Outcome] {
    let opener = LockOpener(key: key, repositoryVersion: version)
    var attempts = await concurrentMap(entries, width: ReadingLimits.concurrentRequests) { entry in
      if entry.isEmptyFile {
        return Attempt(entry: entry, file: Self.emptyFile(entry))
      }
      let first = if let fetched = prefetched.readings[entry.name] { fetched } else { await read(entry) }
      return attempt(entry, first, opener)
    }
    for readings in 1... {
      await markGone(&attempts)
      let doubtful = attempts.indices.filter { attempts[$0].isDoubtful }
      if doubtful.isEmpty { break }
      guard readings < ReadingLimits.contentReadings, (try? await sleep(ReadingLimits.rereadDelay)) != nil
      else {
        for index in doubtful { attempts[index].file = Self.changing(attempts[index].entry) }
        break
      }
      let next = await concurrentMap(
        doubtful.map { attempts[$0].entry }, width: ReadingLimits.concurrentRequests
      ) { entry in attempt(entry, await read(entry), opener) }
      for (index, var attempt) in zip(doubtful, next) {
        attempt.isConfirmed = attempt.trace == attempts[index].trace
        attempts[index] = attempt
      }
    }
    return attempts.map { $0.isGone ? .vanished : .file($0.file) }
  }

  /// What the last reading of one file says.
  private struct Attempt: Sendable {
    let entry: FileEntry
    var file: LockFile
    /// `nil` where no other reading is wanted.
    var trace: Trace?
    var isConfirmed = false
    var isGone = false

    var isDoubtful: Bool {
      if entry.isEmptyFile || isConfirmed || isGone || failure == .tooLarge { return false }
      return trace != nil
    }

    var failure: StorageError.Class? {
      if case .failure(let kind) = trace { kind } else { nil }
    }
  }

  /// Tells one reading from another without holding its bytes, which a hostile repository may make many.
  private enum Trace: Equatable, Sendable {
    case content(ObjectID)
    case failure(StorageError.Class)
  }

  private func attempt(_ entry: FileEntry, _ reading: Reading, _ opener: LockOpener) -> Attempt {
    var attempt = Attempt(entry: entry, file: lockFile(entry, reading, opener))
    guard attempt.file.defect != nil, attempt.file.record == nil else { return attempt }
    switch reading {
    case .bytes(let bytes): attempt.trace = .content(ObjectID(hashOf: bytes))
    case .failed(let error): attempt.trace = .failure(error.kind)
    }
    return attempt
  }

  /// Tells by one listing which of the files that were not found are listed no more.
  private func markGone(_ attempts: inout [Attempt]) async {
    let missing = attempts.indices.filter { attempts[$0].failure == .notFound && !attempts[$0].isGone }
    guard !missing.isEmpty else { return }
    let names: Set<String>
    do {
      names = Set(try await storage.list(.locks, limit: ReadingLimits.listing).map(\.name))
    } catch {
      guard error.kind == .notFound else { return }
      names = []
    }
    for index in missing { attempts[index].isGone = !names.contains(attempts[index].entry.name) }
  }

  private static func changing(_ entry: FileEntry) -> LockFile {
    unreadable(entry, "its content changes while it is read: it may still be being written")
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
      fileKind: entry.kind, defect: LockDefect(kind: .unreadable, message: message), contentMark: entry.mark)
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
      name: entry.name, id: nil, byteCount: entry.byteCount, modified: entry.modified, fileKind: entry.kind,
      defect: LockDefect(
        kind: .stray, message: "its name is not that of a lock: restic neither reads nor removes it"),
      contentMark: entry.mark)
  }

  /// A file that is listed and not opened, for want of a password.
  package static func unopened(_ entry: FileEntry) -> LockFile {
    entry.isEmptyFile
      ? emptyFile(entry)
      : LockFile(
        name: entry.name, id: LockListing.id(of: entry), byteCount: entry.byteCount, modified: entry.modified,
        fileKind: entry.kind)
  }
}

extension FileEntry {
  var isEmptyFile: Bool { kind == .regular && byteCount == 0 }
  /// Tells a file that was not read, or whose name is no hash, from another under the same name.
  var mark: String { "\(byteCount):\(modified.map { "\($0.seconds).\($0.nanoseconds)" } ?? "")" }
}
