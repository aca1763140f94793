import BackendServers
import Foundation
import ResticStorage
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite struct RcloneTests {
  @Test(
    "the lock of a killed restic is read, removed and put back, and restic agrees",
    arguments: RcloneRemote.Kind.all)
  func wholeWay(_ kind: RcloneRemote.Kind) async throws {
    let remote = try await RcloneRemote(kind)
    let restic = ResticBinary.newest
    let (location, options) = (remote.location(), [remote.programOption])
    let flags = ["-r", location, "-o", remote.programOption]
    let initialised = try await restic.run(flags + ["init"], repository: nil, environment: remote.environment)
    try #require(initialised.exitCode == 0, "\(initialised.stderr)")
    let backedUp = try await restic.run(
      flags + ["backup", "--stdin"], repository: nil, environment: remote.environment,
      standardInput: Data("x".utf8))
    try #require(backedUp.exitCode == 0, "\(backedUp.stderr)")
    let holder = try restic.start(
      flags + ["backup", "--stdin"], repository: nil, environment: remote.environment)
    var names: Set<String> = []
    let deadline = ContinuousClock.now + .seconds(300)
    while names.isEmpty {
      try #require(holder.isRunning && ContinuousClock.now < deadline, "\(holder.stderrSoFar)")
      names = try await remote.names(in: "locks").filter { $0.count == 64 }
    }
    holder.kill(SIGKILL)
    try await holder.wait()
    try #require(names.count == 1)
    let id = try #require(names.first)

    let listed = try await ReslockBinary.list(location, options: options, environment: remote.environment)
    #expect(listed.exitCode == 0, "\(listed.stderr)")
    let locks = try LockList(listed).locks
    #expect(locks.map(\.id) == [id] && locks.first?.pid == Int64(holder.pid))
    // The protocol has no file times.
    #expect(locks.first?.modified == nil)

    let content = try await remote.run(["cat", remote.path("locks/\(id)")]).stdoutBytes
    let connection = try await connect(location, options: options + [remote.argumentsOption])
    let name = try #require(LockFileName(id))
    try await connection.lockRemoval().removeLock(name)
    #expect(connection.storage.clockOffsetSeconds == nil)
    #expect(try await restic.locks(location, options, environment: remote.environment) == [])
    try await connection.lockRemoval().restoreLock(name, content: content, modified: nil)
    await connection.close()
    #expect(try await restic.locks(location, options, environment: remote.environment) == [id])
    #expect(try await remote.run(["cat", remote.path("locks/\(id)")]).stdoutBytes == content)
    try await waitUntilNone(mention: remote.mark)
  }

  @Test("a location without a repository, and a remote that is not configured, are told as what they are")
  func nothingThere() async throws {
    let remote = try await RcloneRemote(RcloneRemote.Kind.all[3])
    let options = [remote.programOption]
    let missing = try await ReslockBinary.list(
      remote.location("nowhere"), options: options, environment: remote.environment)
    #expect(missing.exitCode == 10, "\(missing.stderr)")
    let unknown = try await ReslockBinary.list(
      "rclone:unknown:repo", options: options, environment: remote.environment)
    #expect(unknown.exitCode == 1)
    #expect(unknown.stderr.contains("didn't find section"), "\(unknown.stderr)")
    #expect(unknown.stderr.contains("ended with exit status 1"), "\(unknown.stderr)")
    try await waitUntilNone(mention: remote.mark)
  }

  @Test("no rclone outlives reslock, however that ends", arguments: [SIGKILL, SIGTERM, SIGINT])
  func signals(_ signal: Int32) async throws {
    let remote = try await RcloneRemote(RcloneRemote.Kind.all[2])
    let flags = ["-r", remote.location(), "-o", remote.programOption]
    let restic = ResticBinary.newest
    let initialised = try await restic.run(flags + ["init"], repository: nil, environment: remote.environment)
    try #require(initialised.exitCode == 0, "\(initialised.stderr)")
    let name = String(repeating: "8a", count: 32)
    try await remote.run(["rcat", remote.path("locks/\(name)")], standardInput: Data([1]))
    try await waitUntilNone(mention: remote.mark)
    // With a lock it asks for the password, on a pipe that says nothing.
    let reslock = try ReslockBinary.start(["list"] + flags, environment: remote.environment)
    let isChild: (Substring) -> Bool = { !$0.contains("reslock list") }
    while try await processes(mentioning: remote.mark).filter(isChild).isEmpty {
      try #require(reslock.isRunning, "\(reslock.stderrSoFar)")
      try await Task.sleep(for: .milliseconds(5))
    }
    reslock.kill(signal)
    try await reslock.wait()
    try await waitUntilNone(mention: remote.mark)
  }

  @Test(
    "what is no rclone gives a message with advice, and leaves no child",
    arguments: [
      ("garbage", "60s", "no HTTP/2"), ("banner", "60s", "no HTTP/2"),
      ("silent", "1s", "did not answer within 1 seconds"),
      ("deaf", "1s", "did not answer within 1 seconds"), ("exit-255", "60s", "ended with exit status 255"),
      ("flood", "60s", "no HTTP/2"),
    ])
  func hostile(_ mode: String, _ timeout: String, _ words: String) async throws {
    let server = try FakeServer(mode)
    let error = await #expect(throws: TransportError.self) {
      // The last argument of the child, which is the remote, is its file of PIDs.
      _ = try await connect(
        "rclone:\(server.folder.path("pid"))",
        options: [
          "rclone.program=\(server.command.split(separator: " ")[0])", "rclone.args=\(mode)",
          "rclone.timeout=\(timeout)",
        ])
    }
    #expect(error?.description.contains(words) == true, "\(String(describing: error))")
    #expect(error?.hint.isEmpty == false)
    server.expectNoChild()
  }

  @Test("a connecting task that is cancelled leaves no child")
  func cancelled() async throws {
    let server = try FakeServer("silent")
    let program = String(server.command.split(separator: " ")[0])
    let location = "rclone:\(server.folder.path("pid"))"
    let task = Task {
      try await connect(location, options: ["rclone.program=\(program)", "rclone.args=silent"])
    }
    while server.pids.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
    task.cancel()
    await #expect(throws: CancellationError.self) { _ = try await task.value }
    server.expectNoChild()
  }

  @Test("an rclone that dies is told as that, and not asked again and again")
  func dies() async throws {
    let remote = try await RcloneRemote(RcloneRemote.Kind.all[2])
    try await remote.run(["rcat", remote.path("config")], standardInput: Data([1]))
    let connection = try await connect(
      remote.location(), options: [remote.programOption, remote.argumentsOption])
    #expect(try await connection.storage.stat(.config).byteCount == 1)
    for process in try await processes(mentioning: remote.mark) {
      if let pid = process.split(separator: " ").first.flatMap({ pid_t($0) }) { kill(pid, SIGKILL) }
    }
    try await waitUntilNone(mention: remote.mark)
    await expectError(.permanent) {
      while true { _ = try await connection.storage.stat(.config) }
    }
    await connection.close()
  }

  @Test("rclone.program without a program is refused, and a missing one is named")
  func noProgram() async throws {
    for (option, words) in [
      ("rclone.program=", "empty"),
      ("rclone.program=/nonexistent/rclone", "/nonexistent/rclone is not found"),
      ("rclone.args='x", "not closed"),
    ] {
      let error = await #expect(throws: TransportError.self) {
        _ = try await connect("rclone:remote:path", options: [option])
      }
      #expect(error?.description.contains(words) == true, "\(String(describing: error))")
    }
  }
}
