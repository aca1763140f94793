package import ResticStorage
package import Testing
import WallTime

/// A promise that holds for every storage, with the check that it is kept.
package struct Promise: Sendable, CustomTestStringConvertible {
  package let sentence: String
  package let check: @Sendable (StorageSubject) async throws -> Void

  package var testDescription: String { sentence }

  init(_ sentence: String, _ check: @escaping @Sendable (StorageSubject) async throws -> Void) {
    self.sentence = sentence
    self.check = check
  }
}

/// What every storage promises.
package enum StorageContract {
  private static let noon = UnixTime(seconds: 1_700_000_000, nanoseconds: 123_456_789)
  /// Some servers serve files only whose name is that of a lock.
  private static let name = String(repeating: "0a", count: 32)
  private static let later = UnixTime(seconds: 1_700_000_600)

  package static let all: [Promise] = [
    Promise("a listing gives every entry with its size and time", lists),
    Promise("names, where they are told, are those of a listing", names),
    Promise("an empty folder lists nothing", emptyFolder),
    Promise("a listing sees what changed since the one before", changingListing),
    Promise("as many entries as the limit are listed, one more is refused", limit),
    Promise("a missing folder is not found", missingFolder),
    Promise("a missing file is not found, neither for stat nor for read", missingFile),
    Promise("a file that vanished after the listing is not found", vanishedFile),
    Promise("stat tells size, time and kind", stats),
    Promise("a read gives the whole content of a file up to the limit, and nothing beyond it") { subject in
      for byteCount in [0, 1, 100, 65_536, 200_000] { try await reads(subject, byteCount: byteCount) }
    },
    Promise("names that lead out of the folder are not found", escapingNames),
    Promise("a cancelled task gets no answer", cancellation),
  ]

  @Sendable private static func lists(_ subject: StorageSubject) async throws {
    try await subject.put([1, 2, 3], .lock("a"), noon)
    try await subject.put([], .lock("stray name.tmp"), later)
    try await subject.put([9], .entry(folder: .keys, name: "k"), noon)
    let entries = try await subject.storage.list(.locks, limit: 10)
    subject.expect(
      entries,
      [
        FileEntry(name: "a", byteCount: 3, modified: noon),
        FileEntry(name: "stray name.tmp", byteCount: 0, modified: later),
      ])
  }

  @Sendable private static func names(_ subject: StorageSubject) async throws {
    for name in ["a", "b", "stray name.tmp"] { try await subject.put([1], .lock(name), noon) }
    let listed = Set(try await subject.storage.list(.locks, limit: 3).map(\.name))
    if let names = await subject.storage.names(in: .locks, limit: 3) { #expect(names == listed) }
    #expect(await subject.storage.names(in: .locks, limit: 2) == nil)
  }

  @Sendable private static func emptyFolder(_ subject: StorageSubject) async throws {
    #expect(try await subject.storage.list(.snapshots, limit: 0).isEmpty)
  }

  @Sendable private static func changingListing(_ subject: StorageSubject) async throws {
    try await subject.put([1], .lock("a"), noon)
    #expect(try await subject.storage.list(.locks, limit: 10).map(\.name) == ["a"])
    try await subject.put([1], .lock("b"), noon)
    try await subject.remove(.lock("a"))
    #expect(try await subject.storage.list(.locks, limit: 10).map(\.name) == ["b"])
  }

  @Sendable private static func limit(_ subject: StorageSubject) async throws {
    for index in 0..<5 { try await subject.put([1], .lock("\(index)"), noon) }
    #expect(try await subject.storage.list(.locks, limit: 5).count == 5)
    await expect(.permanent) { _ = try await subject.storage.list(.locks, limit: 4) }
  }

  @Sendable private static func missingFolder(_ subject: StorageSubject) async throws {
    try await subject.removeFolder(.locks)
    guard subject.traits.hasFolders else {
      #expect(try await subject.storage.list(.locks, limit: 10).isEmpty)
      return
    }
    await expect(.notFound) { _ = try await subject.storage.list(.locks, limit: 10) }
  }

  @Sendable private static func missingFile(_ subject: StorageSubject) async throws {
    for file in [RepositoryFile.config, .lock("a")] {
      await expect(.notFound) { _ = try await subject.storage.stat(file) }
      await expect(.notFound) { _ = try await subject.storage.read(file, byteLimit: 10) }
    }
  }

  @Sendable private static func vanishedFile(_ subject: StorageSubject) async throws {
    try await subject.put([1], .lock("a"), noon)
    #expect(try await subject.storage.list(.locks, limit: 10).count == 1)
    try await subject.remove(.lock("a"))
    await expect(.notFound) { _ = try await subject.storage.read(.lock("a"), byteLimit: 10) }
  }

  @Sendable private static func stats(_ subject: StorageSubject) async throws {
    try await subject.put([1, 2], .config, noon)
    try await subject.put([3], .lock(name), later)
    subject.expect(
      [try await subject.storage.stat(.config)], [FileEntry(name: "config", byteCount: 2, modified: noon)])
    subject.expect(
      [try await subject.storage.stat(.lock(name))], [FileEntry(name: name, byteCount: 1, modified: later)])
  }

  @Sendable private static func reads(_ subject: StorageSubject, byteCount: Int) async throws {
    // Each content has its own name, as in a repository: rclone remembers what it once saw of a file.
    let digits = String(byteCount, radix: 16)
    let name = String(repeating: "0", count: 64 - digits.count) + digits
    let content = (0..<byteCount).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    try await subject.put(content, .lock(name), noon)
    #expect(try await subject.storage.read(.lock(name), byteLimit: byteCount) == content)
    #expect(try await subject.storage.read(.lock(name), byteLimit: .max) == content)
    await expect(byteCount == 0 ? nil : .tooLarge) {
      _ = try await subject.storage.read(.lock(name), byteLimit: max(byteCount - 1, 0))
    }
  }

  @Sendable private static func escapingNames(_ subject: StorageSubject) async throws {
    try await subject.put([1], .config, noon)
    for name in ["", ".", "..", "../config", "/etc/passwd", "a\0b"] {
      await expect(.notFound) { _ = try await subject.storage.read(.lock(name), byteLimit: 1 << 20) }
      await expect(.notFound) { _ = try await subject.storage.stat(.lock(name)) }
    }
  }

  @Sendable private static func cancellation(_ subject: StorageSubject) async throws {
    try await subject.put([1], .config, noon)
    let task = Task {
      while !Task.isCancelled { await Task.yield() }
      await expect(.cancelled) { _ = try await subject.storage.list(.locks, limit: 1) }
      await expect(.cancelled) { _ = try await subject.storage.stat(.config) }
      await expect(.cancelled) { _ = try await subject.storage.read(.config, byteLimit: 1) }
    }
    task.cancel()
    await task.value
  }
}

/// Expects `body` to throw a `StorageError` of this kind, or nothing for `nil`.
package func expect(
  _ kind: StorageError.Class?, sourceLocation: SourceLocation = #_sourceLocation,
  _ body: () async throws -> Void
) async {
  do {
    try await body()
    #expect(kind == nil, sourceLocation: sourceLocation)
  } catch let error as StorageError {
    #expect(error.kind == kind, "\(error)", sourceLocation: sourceLocation)
  } catch {
    Issue.record(error, sourceLocation: sourceLocation)
  }
}
