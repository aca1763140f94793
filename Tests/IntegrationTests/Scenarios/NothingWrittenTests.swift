import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Everything about the files of a repository that a write would change.
struct FolderState: Equatable {
  struct Entry: Equatable {
    var inode: UInt64
    var mode: UInt32
    var owner: [UInt32]
    var linkCount: UInt64
    var byteCount: Int64
    var modified: [Int]
    var changed: [Int]
    var content: Data?
  }
  var entries: [String: Entry] = [:]
  /// Apart, as reading may change them.
  var accessed: [String: [Int]] = [:]

  init(_ folder: URL) throws {
    let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
    // Looked at before anything is read, as that changes access times.
    for name in [""] + names { try note(name, folder.path + "/" + name) }
    for name in entries.keys where entries[name].map({ $0.mode & UInt32(S_IFMT) == UInt32(S_IFREG) }) ?? false
    {
      entries[name]?.content = try Data(contentsOf: URL(fileURLWithPath: folder.path + "/" + name))
    }
  }

  private mutating func note(_ name: String, _ path: String) throws {
    var status = stat()
    guard lstat(path, &status) == 0 else { throw NeverHappened(description: "lstat \(path): errno \(errno)") }
    #if canImport(Darwin)
      let times = [status.st_atimespec, status.st_mtimespec, status.st_ctimespec]
    #else
      let times = [status.st_atim, status.st_mtim, status.st_ctim]
    #endif
    entries[name] = Entry(
      inode: UInt64(status.st_ino), mode: UInt32(status.st_mode), owner: [status.st_uid, status.st_gid],
      linkCount: UInt64(status.st_nlink), byteCount: Int64(status.st_size),
      modified: [times[1].tv_sec, times[1].tv_nsec], changed: [times[2].tv_sec, times[2].tv_nsec],
      content: nil)
    accessed[name] = [times[0].tv_sec, times[0].tv_nsec]
  }

  /// The names whose entries differ.
  func differences(from other: FolderState) -> [String] {
    Set(entries.keys).union(other.entries.keys).filter { entries[$0] != other.entries[$0] }.sorted()
  }
}

@Suite struct NothingWrittenTests {
  static let readers = [
    ["status"], ["status", "--json", "-vv"], ["list"], ["list", "--wide", "--sort", "host"], ["list", "-q"],
    ["list", "--json"], ["list", "--rules", "restic", "--trust-clock"], ["show", "ID"],
    ["show", "--json", "ID"],
  ]

  @Test(
    "no read command changes a name, byte, mode, owner or time in the repository, whatever it finds",
    arguments: ["without locks", "with locks", "damaged", "legacy"], [1, 2])
  func nothingWritten(state: String, version: Int) async throws {
    let repository = try ScenarioRepository(version: version)
    var id = "00000000"
    switch state {
    case "with locks":
      id = try repository.addLock(pid: Int64(getpid()))
      try repository.addLock(pid: 1, secondsAgo: 7200, hostname: "elsewhere", exclusive: true)
    case "damaged":
      id = try repository.addLock(pid: 1, exclusive: true)
      try Data("no lock".utf8).write(
        to: repository.locks.appendingPathComponent(String(repeating: "a", count: 64)))
      try Data().write(to: repository.locks.appendingPathComponent(String(repeating: "b", count: 64)))
      try Data([1]).write(to: repository.locks.appendingPathComponent("\(id)-tmp-1"))
      symlink("nowhere", repository.locks.appendingPathComponent(String(repeating: "c", count: 64)).path)
    case "legacy":
      id = try repository.addLock(pid: 1)
      for (name, legacyName) in [("keys", "key"), ("locks", "lock"), ("snapshots", "snapshot")] {
        try FileManager.default.moveItem(
          at: repository.url.appendingPathComponent(name),
          to: repository.url.appendingPathComponent(legacyName))
      }
    default: break
    }
    let before = try FolderState(repository.url)
    try await eventually("the clock of the file system goes on") {
      try Self.fileClockIsPast(before, in: repository)
    }
    for password in [TestEnvironment.fixturePassword, "a wrong one", nil] {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for arguments in Self.readers.map({ $0.map { $0 == "ID" ? id : $0 } }) {
          group.addTask {
            let result = try await ReslockBinary.run(
              arguments, repository: repository.url, password: password)
            #expect([0, 1, 12].contains(result.exitCode), "\(arguments): \(result.what)")
          }
        }
        try await group.waitForAll()
      }
    }
    let after = try FolderState(repository.url)
    #expect(after.differences(from: before).isEmpty)
  }

  /// Times tick coarsely: a write in the same tick as the last one would not show.
  private static func fileClockIsPast(_ state: FolderState, in repository: ScenarioRepository) throws -> Bool?
  {
    let probe = repository.folder.url.appendingPathComponent("probe")
    try Data([0]).write(to: probe)
    defer { try? FileManager.default.removeItem(at: probe) }
    let now = try FolderState(repository.folder.url).entries["probe"]?.changed ?? []
    return state.entries.values.allSatisfy { $0.changed.lexicographicallyPrecedes(now) } ? true : nil
  }

  #if os(Linux)
    @Test("the owner of a repository, or root, does not even change its access times")
    func accessTimes() async throws {
      try Machine.requireRoot()
      let repository = try ScenarioRepository()
      let id = try repository.addLock(pid: 1)
      // Older than the modification, so that any reading that sets them shows under relatime too.
      for name in [""] + (try FileManager.default.subpathsOfDirectory(atPath: repository.url.path)) {
        // UTIME_OMIT of <sys/stat.h>, which Swift does not see.
        let times = [
          timespec(tv_sec: 1_000_000_000, tv_nsec: 0), timespec(tv_sec: 0, tv_nsec: (1 << 30) - 2),
        ]
        utimensat(AT_FDCWD, repository.url.path + "/" + name, times, AT_SYMLINK_NOFOLLOW)
      }
      var before: [String: Int] = [:]
      for name in ["config", "locks", "keys", "locks/\(id)"] {
        before[name] = Self.accessed(repository, name)
      }
      #expect(Set(before.values) == [1_000_000_000])
      for arguments in [["status"], ["list", "--json"], ["show", id]] {
        #expect(try await ReslockBinary.run(arguments, repository: repository.url).exitCode == 0)
      }
      for (name, time) in before { #expect(Self.accessed(repository, name) == time, "\(name)") }
    }

    private static func accessed(_ repository: ScenarioRepository, _ name: String) -> Int {
      var status = stat()
      return lstat(repository.url.path + "/" + name, &status) == 0 ? status.st_atim.tv_sec : -1
    }
  #endif
}
