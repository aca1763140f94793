import ResticStorage
import Testing
import WallTime

/// What every storage promises.
@Suite struct StorageConformance {
  private let noon = UnixTime(seconds: 1_700_000_000, nanoseconds: 123_456_789)
  private let later = UnixTime(seconds: 1_700_000_600)

  @Test("a listing gives every entry with its size and time", arguments: StorageKind.allCases)
  func lists(_ kind: StorageKind) async throws {
    let subject = try kind.make()
    try subject.put([1, 2, 3], .lock("a"), noon)
    try subject.put([], .lock("stray name.tmp"), later)
    try subject.put([9], .entry(folder: .keys, name: "k"), noon)
    let entries = try await subject.storage.list(.locks, limit: 10)
    #expect(
      Set(entries) == [
        FileEntry(name: "a", byteCount: 3, modified: noon),
        FileEntry(name: "stray name.tmp", byteCount: 0, modified: later),
      ])
  }

  @Test("an empty folder lists nothing", arguments: StorageKind.allCases)
  func emptyFolder(_ kind: StorageKind) async throws {
    let subject = try kind.make()
    #expect(try await subject.storage.list(.snapshots, limit: 0).isEmpty)
  }

  @Test("a listing sees what changed since the one before", arguments: StorageKind.allCases)
  func changingListing(_ kind: StorageKind) async throws {
    let subject = try kind.make()
    try subject.put([1], .lock("a"), noon)
    #expect(try await subject.storage.list(.locks, limit: 10).map(\.name) == ["a"])
    try subject.put([1], .lock("b"), noon)
    try subject.remove(.lock("a"))
    #expect(try await subject.storage.list(.locks, limit: 10).map(\.name) == ["b"])
  }

  @Test("as many entries as the limit are listed, one more is refused", arguments: StorageKind.allCases)
  func limit(_ kind: StorageKind) async throws {
    let subject = try kind.make()
    for index in 0..<5 { try subject.put([1], .lock("\(index)"), noon) }
    #expect(try await subject.storage.list(.locks, limit: 5).count == 5)
    await expect(.permanent) { _ = try await subject.storage.list(.locks, limit: 4) }
  }

  @Test("a missing folder is not found", arguments: StorageKind.allCases)
  func missingFolder(_ kind: StorageKind) async throws {
    let subject = try kind.make()
    try subject.removeFolder(.locks)
    await expect(.notFound) { _ = try await subject.storage.list(.locks, limit: 10) }
  }

  @Test("a missing file is not found, neither for stat nor for read", arguments: StorageKind.allCases)
  func missingFile(_ kind: StorageKind) async throws {
    let subject = try kind.make()
    for file in [RepositoryFile.config, .lock("a")] {
      await expect(.notFound) { _ = try await subject.storage.stat(file) }
      await expect(.notFound) { _ = try await subject.storage.read(file, byteLimit: 10) }
    }
  }

  @Test("a file that vanished after the listing is not found", arguments: StorageKind.allCases)
  func vanishedFile(_ kind: StorageKind) async throws {
    let subject = try kind.make()
    try subject.put([1], .lock("a"), noon)
    #expect(try await subject.storage.list(.locks, limit: 10).count == 1)
    try subject.remove(.lock("a"))
    await expect(.notFound) { _ = try await subject.storage.read(.lock("a"), byteLimit: 10) }
  }

  @Test("stat tells size, time and kind", arguments: StorageKind.allCases)
  func stats(_ kind: StorageKind) async throws {
    let subject = try kind.make()
    try subject.put([1, 2], .config, noon)
    try subject.put([3], .lock("a"), later)
    #expect(
      try await subject.storage.stat(.config) == FileEntry(name: "config", byteCount: 2, modified: noon))
    #expect(try await subject.storage.stat(.lock("a")) == FileEntry(name: "a", byteCount: 1, modified: later))
  }

  @Test(
    "a read gives the whole content of a file up to the limit, and nothing beyond it",
    arguments: StorageKind.allCases, [0, 1, 100, 65_536, 200_000])
  func reads(_ kind: StorageKind, byteCount: Int) async throws {
    let subject = try kind.make()
    let content = (0..<byteCount).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    try subject.put(content, .lock("a"), noon)
    #expect(try await subject.storage.read(.lock("a"), byteLimit: byteCount) == content)
    #expect(try await subject.storage.read(.lock("a"), byteLimit: .max) == content)
    await expect(byteCount == 0 ? nil : .tooLarge) {
      _ = try await subject.storage.read(.lock("a"), byteLimit: max(byteCount - 1, 0))
    }
  }

  @Test("names that lead out of the folder are not found", arguments: StorageKind.allCases)
  func escapingNames(_ kind: StorageKind) async throws {
    let subject = try kind.make()
    try subject.put([1], .config, noon)
    for name in ["", ".", "..", "../config", "/etc/passwd", "a\0b"] {
      await expect(.notFound) { _ = try await subject.storage.read(.lock(name), byteLimit: 1 << 20) }
      await expect(.notFound) { _ = try await subject.storage.stat(.lock(name)) }
    }
  }

  @Test("a cancelled task gets no answer", arguments: StorageKind.allCases)
  func cancellation(_ kind: StorageKind) async throws {
    let subject = try kind.make()
    try subject.put([1], .config, noon)
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
func expect(
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
