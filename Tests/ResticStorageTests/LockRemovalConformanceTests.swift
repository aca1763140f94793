import ResticStorage
import Testing
import WallTime

/// What every storage promises that can remove a lock file and put it back.
@Suite struct LockRemovalConformance {
  private let noon = UnixTime(seconds: 1_700_000_000, nanoseconds: 123_456_789)
  private let name = String(repeating: "8a", count: 32)
  private let other = String(repeating: "8b", count: 32)

  private func lock(_ text: String) throws -> LockFileName { try #require(LockFileName(text)) }

  @Test("exactly the named file goes", arguments: StorageKind.allCases)
  func removes(_ kind: StorageKind) async throws {
    let subject = try kind.make()
    for name in [name, other, name + "-tmp-12"] { try subject.put([1], .lock(name), noon) }
    try await subject.removal.removeLock(lock(name))
    #expect(
      Set(try await subject.storage.list(.locks, limit: 10).map(\.name)) == [other, name + "-tmp-12"])
    try await subject.removal.removeLock(lock(name + "-tmp-12"))
    #expect(try await subject.storage.list(.locks, limit: 10).map(\.name) == [other])
  }

  @Test("what is gone already is not found, and nothing else goes", arguments: StorageKind.allCases)
  func missing(_ kind: StorageKind) async throws {
    let subject = try kind.make()
    try subject.put([1], .lock(other), noon)
    await expect(.notFound) { try await subject.removal.removeLock(lock(name)) }
    #expect(try await subject.storage.list(.locks, limit: 10).map(\.name) == [other])
  }

  @Test("a removed file comes back with its bytes and its time", arguments: StorageKind.allCases)
  func restores(_ kind: StorageKind) async throws {
    let subject = try kind.make()
    try subject.put([0], .config, noon)
    try subject.put([1, 2, 3], .lock(name), noon)
    try await subject.removal.removeLock(lock(name))
    try await subject.removal.restoreLock(lock(name), content: [1, 2, 3], modified: noon)
    #expect(
      try await subject.storage.list(.locks, limit: 10) == [
        FileEntry(name: name, byteCount: 3, modified: noon)
      ])
    #expect(try await subject.storage.read(.lock(name), byteLimit: 10) == [1, 2, 3])
  }

  @Test("a file that is there is not replaced", arguments: StorageKind.allCases)
  func keepsWhatIsThere(_ kind: StorageKind) async throws {
    let subject = try kind.make()
    try subject.put([0], .config, noon)
    try subject.put([1], .lock(name), noon)
    await expect(.alreadyExists) {
      try await subject.removal.restoreLock(lock(name), content: [2], modified: nil)
    }
    #expect(try await subject.storage.read(.lock(name), byteLimit: 10) == [1])
    #expect(try await subject.storage.list(.locks, limit: 10).count == 1)
  }

  @Test("a cancelled task changes nothing", arguments: StorageKind.allCases)
  func cancellation(_ kind: StorageKind) async throws {
    let subject = try kind.make()
    try subject.put([1], .lock(name), noon)
    let task = Task {
      while !Task.isCancelled { await Task.yield() }
      await expect(.cancelled) { try await subject.removal.removeLock(lock(name)) }
      await expect(.cancelled) {
        try await subject.removal.restoreLock(lock(other), content: [1], modified: nil)
      }
    }
    task.cancel()
    await task.value
    #expect(try await subject.storage.list(.locks, limit: 10).map(\.name) == [name])
  }
}

@Suite struct LockFileNameTests {
  private static let id = String(repeating: "0123456789abcdef", count: 4)

  @Test(
    "names of locks and of interrupted uploads are accepted",
    arguments: [
      (id, LockFileName.Form.lock), (id + "-tmp-2677664228", .temporary),
      (id + "-restic-temp-0123456789abcdef0123456789abcdef", .temporary),
      (id + ".rest-server-temp123456", .temporary), (id + ".rest-server-temp", .temporary),
    ])
  func accepted(_ text: String, _ form: LockFileName.Form) throws {
    let name = try #require(LockFileName(text))
    #expect(name.text == text && name.form == form)
  }

  @Test(
    "every other name is refused",
    arguments: [
      "", ".", "..", "config", "../config", ".DS_Store", String(id.dropLast()), id + "0", id.uppercased(),
      id + "/", "/" + id, id + "-tmp-../x", id + "-tmp-a/b", id + "-tmp-\0", id + "-tmp-1.2", id + ".bak",
      id + "-tmp-" + String(repeating: "1", count: 65), id + "-tmp-\u{e9}", " " + id, id + "\n",
    ])
  func refused(_ text: String) { #expect(LockFileName(text) == nil) }
}
