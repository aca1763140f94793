import ResticStorage
import Synchronization
import Testing

@Suite struct LayoutFinderTests {
  private static let id = String(repeating: "8a", count: 32)

  /// A storage of folders with one file each, of that name; `nil` is a folder that may not be listed.
  private final class Folders: Sendable {
    private let names: [String: String?]
    private let asked = Mutex<[String]>([])

    init(_ names: [String: String?]) { self.names = names }

    func list(_ folder: String, limit: Int) throws(StorageError) -> [FileEntry] {
      asked.withLock { $0.append(folder) }
      switch names[folder] {
      case nil: throw StorageError(.notFound, action: "cannot list \(folder)", reason: "it is not there")
      case .some(nil): throw StorageError(.notAllowed, action: "cannot list \(folder)", reason: "forbidden")
      case .some(let name?): return [FileEntry(name: name, byteCount: 1, modified: nil)]
      }
    }

    /// What was asked for since the last call.
    func takeAsked() -> [String] {
      asked.withLock { asked in
        defer { asked = [] }
        return asked
      }
    }
  }

  @Test(
    "the folder that holds a key tells where the locks are; without any, both are looked into",
    arguments: [
      (["keys": id, "locks": "a", "lock": "b"], "a", ["keys", "locks"]),
      (["key": id, "locks": "a", "lock": "b"], "b", ["keys", "key", "lock"]),
      (["keys": ".DS_Store", "key": id, "lock": "b"], "b", ["keys", "key", "lock"]),
      (["keys": id, "key": id, "locks": "a", "lock": id], "a", ["keys", "locks"]),
      (["locks": "a", "lock": id], id, ["keys", "key", "lock"]),
      (["locks": "a", "lock": ".DS_Store"], "a", ["keys", "key", "lock", "locks"]),
      (["locks": "a"], "a", ["keys", "key", "lock", "locks"]),
      // Who may not see the keys may see locks.
      (["keys": nil, "locks": "a"], "a", ["keys", "lock", "locks"]),
      (["keys": nil, "lock": id], id, ["keys", "lock"]),
    ] as [([String: String?], String, [String])])
  func folders(_ names: [String: String?], _ expected: String, _ asked: [String]) async throws {
    let folders = Folders(names)
    let finder = LayoutFinder()
    let entries = try await finder.list(.locks, limit: 10, by: folders.list)
    #expect(entries.map(\.name) == [expected])
    #expect(folders.takeAsked() == asked)
    guard let known = finder.known else { return }
    _ = try await finder.list(.locks, limit: 10, by: folders.list)
    #expect(folders.takeAsked() == [known.folderName(.locks)])
  }

  @Test("a folder of locks that is not there, or may not be seen, is told as that")
  func missing() async throws {
    for (names, kind) in [
      (["keys": Self.id], StorageError.Class.notFound), ([:], .notFound),
      (["keys": Self.id, "locks": nil], .notAllowed), (["locks": "a", "lock": nil], .notAllowed),
    ] as [([String: String?], StorageError.Class)] {
      let folders = Folders(names)
      let error = await #expect(throws: StorageError.self) {
        try await LayoutFinder().list(.locks, limit: 10, by: folders.list)
      }
      #expect(error?.kind == kind, "\(names)")
    }
  }
}
