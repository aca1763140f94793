import Foundation
import ResticStorage
import StorageContract
import Synchronization
import TestSupport
import Testing
import WallTime

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite struct LocalStorageTests {
  private let folder: TemporaryFolder
  private let storage: LocalStorage

  init() throws {
    folder = try TemporaryFolder("local")
    storage = LocalStorage(path: folder.path)
    try makeFolder("locks")
  }

  private func makeFolder(_ name: String) throws {
    try FileManager.default.createDirectory(atPath: folder.path(name), withIntermediateDirectories: true)
  }

  private func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: folder.url.appendingPathComponent(name))
  }

  private func link(_ name: String, to target: String) throws {
    try FileManager.default.createSymbolicLink(atPath: folder.path(name), withDestinationPath: target)
  }

  @Test("entries are told by kind; links are followed by a read and by nothing else")
  func kinds() async throws {
    try write("lock", to: "locks/file")
    try makeFolder("locks/folder")
    #expect(mkfifo(folder.path("locks/fifo"), 0o600) == 0)
    try link("locks/link", to: "file")
    try link("locks/dangling", to: "nowhere")
    try link("locks/loop", to: "loop")

    let kinds = try await storage.list(.locks, limit: 10).map { ($0.name, $0.kind) }
    #expect(
      Dictionary(uniqueKeysWithValues: kinds) == [
        "file": .regular, "folder": .directory, "fifo": .other, "link": .symbolicLink,
        "dangling": .symbolicLink, "loop": .symbolicLink,
      ])
    #expect(try await storage.stat(.lock("link")).kind == .symbolicLink)
    #expect(try await storage.read(.lock("link"), byteLimit: 10) == Array("lock".utf8))
    await expect(.notFound) { _ = try await storage.read(.lock("dangling"), byteLimit: 10) }
    await expect(.permanent) { _ = try await storage.read(.lock("loop"), byteLimit: 10) }
    await expect(.permanent) { _ = try await storage.read(.lock("folder"), byteLimit: 10) }
  }

  @Test("names come without kinds, and not at all from a folder that can't be listed")
  func names() async throws {
    #expect(await storage.names(in: .locks, limit: 9) == [])
    try makeFolder("locks/folder")
    try link("locks/dangling", to: "nowhere")
    #expect(await storage.names(in: .locks, limit: 9) == ["folder", "dangling"])
    #expect(await storage.names(in: .keys, limit: 9) == nil)
  }

  @Test("a FIFO nobody writes to and a device are refused at once", .timeLimit(.minutes(15)))
  func neverWaits() async throws {
    #expect(mkfifo(folder.path("locks/fifo"), 0o600) == 0)
    try link("locks/terminal", to: "/dev/tty")
    try link("locks/endless", to: "/dev/zero")
    for name in ["fifo", "endless"] {
      let error = await #expect(throws: StorageError.self) {
        try await storage.read(.lock(name), byteLimit: 10)
      }
      #expect(error?.kind == .permanent)
      #expect(error?.reason == "it is a FIFO, socket or device, not a regular file")
    }
    await #expect(throws: StorageError.self) { try await storage.read(.lock("terminal"), byteLimit: 10) }
  }

  @Test("a config that is a link is described by what it leads to")
  func configLink() async throws {
    try write("12345", to: "elsewhere")
    try link("config", to: "elsewhere")
    let entry = try await storage.stat(.config)
    #expect(entry.kind == .regular)
    #expect(entry.byteCount == 5)
    #expect(entry.name == "config")
  }

  @Test("a file of no length whose content is longer is read to its end, within the limit")
  func procFiles() async throws {
    #if os(Linux)
      // Files of /proc say that they have 0 bytes.
      try link("locks/grown", to: "/proc/self/stat")
      #expect(try await storage.read(.lock("grown"), byteLimit: 1 << 16).count > 100)
      await expect(.tooLarge) { _ = try await storage.read(.lock("grown"), byteLimit: 20) }
    #endif
  }

  @Test("a missing repository and a missing folder are both not found; config tells them apart")
  func missing() async throws {
    let nowhere = LocalStorage(path: folder.path("nowhere"))
    await expect(.notFound) { _ = try await nowhere.list(.locks, limit: 1) }
    await expect(.notFound) { _ = try await nowhere.stat(.config) }
    try write("", to: "file")
    let file = LocalStorage(path: folder.path("file"))
    await expect(.notFound) { _ = try await file.list(.locks, limit: 1) }
    await expect(.notFound) { _ = try await file.stat(.config) }
    try write("x", to: "config")
    await expect(.notFound) { _ = try await storage.list(.keys, limit: 1) }
    #expect(try await storage.stat(.config).byteCount == 1)
  }

  @Test("a file in the folder's place is an error, not an empty folder")
  func fileInsteadOfFolder() async throws {
    try write("", to: "keys")
    await expect(.permanent) { _ = try await storage.list(.keys, limit: 1) }
  }

  @Test("a locks folder that is a link is followed, as restic follows it")
  func folderLink() async throws {
    try makeFolder("elsewhere")
    try write("x", to: "elsewhere/a")
    try link("keys", to: "elsewhere")
    #expect(try await storage.list(.keys, limit: 1).map(\.name) == ["a"])
  }

  @Test("names that are not UTF-8 are listed, repaired")
  func strayEncoding() async throws {
    let path: [CChar] = folder.path("locks").utf8CString.dropLast() + [47, CChar(bitPattern: 0xff), 97, 0]
    let descriptor = open(path, O_CREAT | O_WRONLY, 0o600)
    try #require(descriptor >= 0, "this file system takes no such name")
    close(descriptor)
    #expect(try await storage.list(.locks, limit: 1).map(\.name) == ["\u{fffd}a"])
  }

  @Test("reading leaves the access times of our own files as they are")
  func leavesNoTrace() async throws {
    #if os(Linux)
      try write("x", to: "locks/a")
      let old = timespec(tv_sec: 1_000_000_000, tv_nsec: 0)
      for name in ["locks/a", "locks"] {
        utimensat(AT_FDCWD, folder.path(name), [old, timespec(tv_sec: 2_000_000_000, tv_nsec: 0)], 0)
      }
      _ = try await storage.list(.locks, limit: 10)
      _ = try await storage.read(.lock("a"), byteLimit: 10)
      for name in ["locks/a", "locks"] {
        var status = stat()
        #expect(stat(folder.path(name), &status) == 0)
        #expect(status.st_atim.tv_sec == 1_000_000_000)
      }
    #endif
  }

  @Test("a listing beside constant creation and removal never fails")
  func concurrentChange() async throws {
    for index in 0..<200 { try write("x", to: "locks/stays-\(index)") }
    let rounds = Rounds()
    await withTaskGroup { group in
      group.addTask {
        while !Task.isCancelled {
          let path = folder.path("locks/comes-and-goes-\(rounds.count % 50)")
          _ = FileManager.default.createFile(atPath: path, contents: nil)
          unlink(path)
          rounds.add()
          await Task.yield()
        }
      }
      while rounds.count == 0 { await Task.yield() }
      for _ in 0..<300 {
        let names = (try? await storage.list(.locks, limit: 1000).map(\.name)) ?? []
        #expect(names.count { $0.hasPrefix("stays-") } == 200)
      }
      group.cancelAll()
    }
  }

  @Test("descriptors are given back, after errors too")
  func descriptors() async throws {
    try write("x", to: "locks/a")
    try makeFolder("locks/folder")
    _ = try await storage.list(.locks, limit: 10)
    await expect(.permanent) { _ = try await storage.list(.locks, limit: 1) }
    _ = try await storage.read(.lock("a"), byteLimit: 10)
    await expect(.tooLarge) { _ = try await storage.read(.lock("a"), byteLimit: 0) }
    await expect(.permanent) { _ = try await storage.read(.lock("folder"), byteLimit: 10) }
    #if os(Linux)
      let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap {
        try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")
      }
      #expect(open.filter { $0.hasPrefix(folder.path) } == [])
    #endif
  }

  @Test("10,000 locks are listed completely")
  func manyEntries() async throws {
    for index in 0..<10_000 {
      close(open(folder.path("locks/\(index)"), O_CREAT | O_WRONLY, 0o600))
    }
    let start = ContinuousClock.now
    let names = try await storage.list(.locks, limit: 10_000).map(\.name)
    #expect(ContinuousClock.now - start < .seconds(2))
    #expect(Set(names) == Set((0..<10_000).map(String.init)))
  }

  @Test(
    "the layout is told by the folder that holds a key",
    arguments: [
      (["keys/\(LocalStorageTests.objectName)"], RepositoryLayout.default),
      (["key/\(LocalStorageTests.objectName)"], .s3Legacy),
      (["keys/\(LocalStorageTests.objectName)", "key/\(LocalStorageTests.objectName)"], .default),
      (["keys/stray", "key/\(LocalStorageTests.objectName)"], .s3Legacy),
      (["key/\(LocalStorageTests.objectName.uppercased())"], .default),
      (["key/\(LocalStorageTests.objectName)x"], .default),
      ([], .default),
    ])
  func layouts(_ names: [String], _ layout: RepositoryLayout) throws {
    try makeFolder("keys")
    try makeFolder("key")
    for name in names { try write("", to: name) }
    #expect(LocalStorage(detectingLayoutAt: folder.path).layout == layout)
  }

  static let objectName = String(repeating: "0a", count: 32)
}

/// Counts what one task does, for another to see.
private final class Rounds: Sendable {
  private let value = Atomic<Int>(0)
  var count: Int { value.load(ordering: .sequentiallyConsistent) }
  func add() { value.add(1, ordering: .sequentiallyConsistent) }
}
