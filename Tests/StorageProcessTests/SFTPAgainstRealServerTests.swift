import BackendServers
import Foundation
import ResticStorage
import TestSupport
import Testing
import WallTime

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite struct SFTPAgainstRealServerTests {
  @Test(
    "the lock of a killed restic is read, removed and put back, and restic agrees",
    arguments: ResticBinary.all)
  func wholeWay(_ restic: ResticBinary) async throws {
    let server = try await OpenSSHServer()
    let (location, option) = (server.location(), server.commandOption)
    let dead = try await RemoteRepository.withDeadLock(
      restic, location: location, options: [option], folder: server.data.appendingPathComponent("repo"))

    let listed = try await ReslockBinary.list(location, options: [option])
    #expect(listed.exitCode == 0, "\(listed.stderr)")
    let locks = try LockList(listed).locks
    #expect(locks.map(\.id) == [dead.id] && locks.first?.pid == Int64(dead.pid))
    #expect(locks.first?.modified != nil)

    let before = try dead.status
    let content = try dead.content
    let connection = try await connect(location, options: [option])
    let name = try #require(LockFileName(dead.id))
    try await connection.lockRemoval().removeLock(name)
    #expect(try await restic.locks(location, [option]) == [])
    try await connection.lockRemoval().restoreLock(
      name, content: content, modified: UnixTime(seconds: Int64(before.modified)))
    await connection.close()
    #expect(try await restic.locks(location, [option]) == [dead.id])
    #expect(try dead.content == content)
    #expect(try dead.status.modified == before.modified)
    // As readable as config is, whatever this release of restic gives its locks.
    #expect(try dead.status.mode == 0o100400 | dead.configMode & 0o444)
    #expect(dead.names == [dead.id])
    try await waitUntilNone(mention: server.clientConfiguration)
  }

  @Test("both forms of a location, ports, users and IPv6 lead there")
  func forms() async throws {
    let server = try await OpenSSHServer()
    let option = server.commandOption
    let initialised = try await ResticBinary.newest.run(
      ["-r", server.location(), "-o", option, "init"], repository: nil)
    #expect(initialised.exitCode == 0, "\(initialised.stderr)")
    let path = server.data.appendingPathComponent("repo").path
    let arguments = "sftp.args=\(server.clientArguments)"
    var forms = [
      (server.location(), "sftp.args=-F \(server.clientConfiguration)"),
      ("sftp://\(NSUserName())@127.0.0.1:\(server.port)/\(path)", arguments),
      ("sftp:\(NSUserName())@127.0.0.1:\(path)/../repo/", "\(arguments) -p \(server.port)"),
    ]
    if access("/proc/sys/net/ipv6/conf/lo", F_OK) == 0, server.log.contains("listening on ::1") {
      forms.append(("sftp://\(NSUserName())@[::1]:\(server.port)/\(path)", arguments))
    }
    for (location, option) in forms {
      let connection = try await connect(location, options: [option])
      #expect(try await connection.storage.stat(.config).byteCount > 0, "\(location)")
      await connection.close()
    }
  }

  @Test("a location without a repository is told as that")
  func noRepository() async throws {
    let server = try await OpenSSHServer()
    let result = try await ReslockBinary.list(server.location("nowhere"), options: [server.commandOption])
    #expect(result.exitCode == 10, "\(result.stderr)")
    try await waitUntilNone(mention: server.clientConfiguration)
  }

  @Test("a server that changes nothing refuses, and the lock stays")
  func readOnlyServer() async throws {
    let server = try await OpenSSHServer(sftpArguments: "-R")
    let locks = server.data.appendingPathComponent("repo/locks")
    try FileManager.default.createDirectory(at: locks, withIntermediateDirectories: true)
    let (there, other) = (String(repeating: "8a", count: 32), String(repeating: "8b", count: 32))
    try Data([1]).write(to: locks.appendingPathComponent(there))
    try Data([1]).write(to: server.data.appendingPathComponent("repo/config"))
    let connection = try await connect(server.location(), options: [server.commandOption])
    let removal = connection.lockRemoval()
    await expectError(.notAllowed) { try await removal.removeLock(try #require(LockFileName(there))) }
    await expectError(.notAllowed) {
      try await removal.restoreLock(try #require(LockFileName(other)), content: [1], modified: nil)
    }
    #expect(try await connection.storage.list(.locks, limit: 10).map(\.name) == [there])
    await connection.close()
  }

  @Test("strange files have their kind, and are neither opened nor removed")
  func strangeFiles() async throws {
    let server = try await OpenSSHServer()
    let locks = server.data.appendingPathComponent("repo/locks")
    try FileManager.default.createDirectory(at: locks, withIntermediateDirectories: true)
    let names = (0..<3).map { String(repeating: "8\($0)", count: 32) }
    mkfifo(locks.appendingPathComponent(names[0]).path, 0o600)
    symlink("/nonexistent/\(UUID())", locks.appendingPathComponent(names[1]).path)
    mkdir(locks.appendingPathComponent(names[2]).path, 0o700)
    let connection = try await connect(server.location(), options: [server.commandOption])
    let entries = try await connection.storage.list(.locks, limit: 10)
    #expect(
      entries.sorted { $0.name < $1.name }.map(\.kind) == [.other, .symbolicLink, .directory])
    for name in names {
      await expectError(name == names[1] ? .notFound : .permanent) {
        _ = try await connection.storage.read(.entry(folder: .locks, name: name), byteLimit: 100)
      }
      await expectError(.permanent) {
        try await connection.lockRemoval().removeLock(try #require(LockFileName(name)))
      }
    }
    await connection.close()
  }

  @Test("a folder of locks that is a file or a link is not taken for a missing one")
  func strangeFolders() async throws {
    let server = try await OpenSSHServer()
    let repository = server.data.appendingPathComponent("repo")
    let elsewhere = server.data.appendingPathComponent("elsewhere")
    for url in [repository, elsewhere] {
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }
    let name = String(repeating: "8a", count: 32)
    try Data([1]).write(to: elsewhere.appendingPathComponent(name))
    try Data([1]).write(to: repository.appendingPathComponent("snapshots"))
    symlink(elsewhere.path, repository.appendingPathComponent("locks").path)
    let connection = try await connect(server.location(), options: [server.commandOption])
    await expectError(.permanent) { _ = try await connection.storage.list(.snapshots, limit: 10) }
    await expectError(.notFound) { _ = try await connection.storage.list(.keys, limit: 10) }
    #expect(try await connection.storage.list(.locks, limit: 10).map(\.name) == [name])
    await expectError(.permanent) {
      try await connection.lockRemoval().removeLock(try #require(LockFileName(name)))
    }
    await connection.close()
  }
}
