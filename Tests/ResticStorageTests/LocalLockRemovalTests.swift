import Foundation
import ResticStorage
import StorageContract
import TestSupport
import Testing
import WallTime

@Suite struct LocalLockRemovalTests {
  private let folder: TemporaryFolder
  private let removal: LocalLockRemoval
  private let name = String(repeating: "8a", count: 32)
  private let files = FileManager.default

  init() throws {
    folder = try TemporaryFolder("removal")
    try files.createDirectory(atPath: folder.path("repo/locks"), withIntermediateDirectories: true)
    try Data([1]).write(to: folder.url.appendingPathComponent("repo/config"))
    removal = LocalLockRemoval(LocalStorage(path: folder.path("repo")))
  }

  private func lock() throws -> LockFileName { try #require(LockFileName(name)) }
  private var lockPath: String { folder.path("repo/locks/\(name)") }

  @Test("a symbolic link in a lock's place is left, and so is what it leads to")
  func linkedLock() async throws {
    try Data([7]).write(to: folder.url.appendingPathComponent("precious"))
    try files.createSymbolicLink(atPath: lockPath, withDestinationPath: folder.path("precious"))
    await expect(.permanent) { try await removal.removeLock(lock()) }
    #expect(try files.destinationOfSymbolicLink(atPath: lockPath) == folder.path("precious"))
    #expect(files.fileExists(atPath: folder.path("precious")))
  }

  @Test("a folder in a lock's place is left")
  func folderInPlace() async throws {
    try files.createDirectory(atPath: lockPath, withIntermediateDirectories: false)
    await expect(.permanent) { try await removal.removeLock(lock()) }
    #expect(files.fileExists(atPath: lockPath))
  }

  @Test("a locks folder that is a symbolic link is not followed for a change")
  func linkedFolder() async throws {
    try files.moveItem(atPath: folder.path("repo/locks"), toPath: folder.path("elsewhere"))
    try files.createSymbolicLink(
      atPath: folder.path("repo/locks"), withDestinationPath: folder.path("elsewhere"))
    try Data([7]).write(to: folder.url.appendingPathComponent("elsewhere/\(name)"))
    await expect(.permanent) { try await removal.removeLock(lock()) }
    await expect(.permanent) { try await removal.restoreLock(lock(), content: [1], modified: nil) }
    #expect(try files.contentsOfDirectory(atPath: folder.path("elsewhere")) == [name])
  }

  @Test("a repository reached over a symbolic link is changed like any other")
  func linkedRepository() async throws {
    try files.createSymbolicLink(atPath: folder.path("link"), withDestinationPath: folder.path("repo"))
    try Data([7]).write(to: URL(fileURLWithPath: lockPath))
    try await LocalLockRemoval(LocalStorage(path: folder.path("link"))).removeLock(lock())
    #expect(!files.fileExists(atPath: lockPath))
  }

  @Test("a lock that may not be written goes all the same: the folder's permission decides")
  func readOnlyFile() async throws {
    try Data([7]).write(to: URL(fileURLWithPath: lockPath))
    try files.setAttributes([.posixPermissions: 0o400], ofItemAtPath: lockPath)
    try await removal.removeLock(lock())
    #expect(!files.fileExists(atPath: lockPath))
  }

  @Test("a restored lock is readable by whoever reads config, and leaves no temporary file")
  func permissions() async throws {
    try files.setAttributes([.posixPermissions: 0o440], ofItemAtPath: folder.path("repo/config"))
    try files.removeItem(atPath: folder.path("repo/locks"))
    try await removal.restoreLock(lock(), content: [1, 2], modified: UnixTime(seconds: 1_600_000_000))
    let attributes = try files.attributesOfItem(atPath: lockPath)
    #expect(attributes[.posixPermissions] as? Int == 0o440)
    #expect(
      attributes[.ownerAccountID] as? Int
        == (try files.attributesOfItem(atPath: folder.path("repo/config"))[.ownerAccountID] as? Int))
    #expect(try files.contentsOfDirectory(atPath: folder.path("repo/locks")) == [name])
  }
}
