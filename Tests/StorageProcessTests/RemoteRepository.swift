import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A repository behind a server whose files the test sees, with the lock of a restic that was killed.
struct RemoteRepository {
  let folder: URL
  let id: String
  let pid: pid_t

  /// Initialises the repository, backs up, and kills a restic that holds its lock.
  static func withDeadLock(
    _ restic: ResticBinary, location: String, options: [String], folder: URL,
    environment: [String: String] = [:], lockNames: (URL) -> Set<String> = Self.lockNames
  ) async throws -> RemoteRepository {
    let flags = ["-r", location] + options.flatMap { ["-o", $0] }
    let initialised = try await restic.run(flags + ["init"], repository: nil, environment: environment)
    try #require(initialised.exitCode == 0, "\(initialised.stderr)")
    let backedUp = try await restic.run(
      flags + ["backup", "--stdin"], repository: nil, environment: environment, standardInput: Data("x".utf8))
    try #require(backedUp.exitCode == 0, "\(backedUp.stderr)")

    let holder = try restic.start(flags + ["backup", "--stdin"], repository: nil, environment: environment)
    let deadline = ContinuousClock.now + .seconds(300)
    while lockNames(folder).isEmpty {
      try #require(holder.isRunning && ContinuousClock.now < deadline, "\(holder.stderrSoFar)")
      try await Task.sleep(for: .milliseconds(5))
    }
    holder.kill(SIGKILL)
    try await holder.wait()
    let names = lockNames(folder)
    try #require(names.count == 1)
    return RemoteRepository(folder: folder, id: try #require(names.first), pid: holder.pid)
  }

  static func lockNames(_ folder: URL) -> Set<String> {
    let names = try? FileManager.default.contentsOfDirectory(
      atPath: folder.appendingPathComponent("locks").path)
    return Set(names ?? []).filter { $0.count == 64 }
  }

  private var url: URL { folder.appendingPathComponent("locks/\(id)") }
  var content: [UInt8] { get throws { Array(try Data(contentsOf: url)) } }
  var names: Set<String> {
    Set(
      (try? FileManager.default.contentsOfDirectory(atPath: folder.appendingPathComponent("locks").path))
        ?? [])
  }
  var status: (mode: UInt32, modified: Int) {
    get throws {
      var status = stat()
      try #require(stat(url.path, &status) == 0)
      return (UInt32(status.st_mode), Int(try RemoteRepository.modified(url)))
    }
  }
  var configMode: UInt32 {
    get throws {
      var status = stat()
      try #require(stat(folder.appendingPathComponent("config").path, &status) == 0)
      return UInt32(status.st_mode)
    }
  }

  private static func modified(_ url: URL) throws -> Double {
    let attributes = try FileManager.default.attributesOfItem(atPath: url.path)
    return (attributes[.modificationDate] as? Date)?.timeIntervalSince1970.rounded(.down) ?? -1
  }
}

extension ResticBinary {
  /// The IDs of the locks as restic lists them.
  func locks(
    _ location: String, _ options: [String], environment: [String: String] = [:]
  ) async throws -> [String] {
    let result = try await run(
      ["-r", location] + options.flatMap { ["-o", $0] } + ["list", "locks", "--no-lock", "-q"],
      repository: nil,
      environment: environment)
    try #require(result.exitCode == 0, "\(result.stderr)")
    return result.stdout.split(separator: "\n").map(String.init)
  }
}
