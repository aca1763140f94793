import Foundation
import ResticFormat
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Folders that change while they are read.
@Suite struct ChangingFolderTests {
  @Test("locks that come and go while they are listed are no errors and never damaged")
  func vanishing() async throws {
    let repository = try ScenarioRepository()
    let writers = Task {
      var runs = 0
      while !Task.isCancelled {
        let result = try await ResticBinary.newest.run(["snapshots"], repository: repository.url)
        #expect(result.exitCode == 0, "\(result.what)")
        runs += 1
      }
      return runs
    }
    var seen = 0
    for _ in 0..<100 {
      let locks = try await ReslockBinary.locks(of: repository.url)
      for lock in locks {
        // restic writes under a temporary name first.
        if lock.verdict == "debris" { continue }
        seen += 1
        #expect(lock.verdict == "held", "\(lock.verdict ?? "-") \(lock.reasons)")
      }
    }
    writers.cancel()
    _ = await writers.result
    #expect(seen > 0)
  }

  @Test(
    "a repository whose only lock is refreshed all the time is never free", arguments: [0, 1, 3] as [UInt32])
  func refreshing(pauseMilliseconds: UInt32) async throws {
    let repository = try ScenarioRepository()
    let refresher = Refresher(repository, pauseMilliseconds: pauseMilliseconds)
    defer { refresher.stop() }
    for _ in 0..<70 {
      let result = try await ReslockBinary.run(["status", "--json"], repository: repository.url)
      let status = try JSONDecoder.snakeCase.decode(StatusView.self, from: Data(result.stdoutBytes))
      #expect(status.state == "locked", "\(result.stdout)")
      #expect(!status.locks.contains { $0.verdict == "damaged" || $0.verdict == "dead" }, "\(result.stdout)")
    }
    #expect(refresher.stop() > 70)
  }

  @Test("without a password a repository whose only lock is refreshed all the time is never free either")
  func refreshingWithoutPassword() async throws {
    let repository = try ScenarioRepository()
    let refresher = Refresher(repository, pauseMilliseconds: 0)
    defer { refresher.stop() }
    for _ in 0..<100 {
      let result = try await ReslockBinary.run(
        ["status", "--json"], repository: repository.url, password: nil)
      #expect(result.exitCode == 12 || result.exitCode == 1, "\(result.what) \(result.stdout)")
      #expect(!result.stdout.contains(#""state":"free""#))
    }
  }
}

/// Replaces its lock as restic does, only far more often: a new file under a new ID, and then the old one goes.
private final class Refresher: @unchecked Sendable {
  private let lock = NSCondition()
  private var isStopped = false
  private var hasEnded = false
  private var refreshCount = 0

  init(_ repository: ScenarioRepository, pauseMilliseconds: UInt32) {
    let thread = Thread { [self] in run(repository, pauseMilliseconds) }
    lock.lock()
    thread.start()
    while refreshCount == 0, !hasEnded { lock.wait() }
    lock.unlock()
  }

  private func run(_ repository: ScenarioRepository, _ pauseMilliseconds: UInt32) {
    var old: String?
    while !lock.withLock({ isStopped }) {
      guard let new = try? write(repository) else { break }
      if let old { unlink(repository.locks.appendingPathComponent(old).path) }
      old = new
      lock.withLock {
        refreshCount += 1
        lock.broadcast()
      }
      if pauseMilliseconds > 0 { usleep(pauseMilliseconds * 1000) }
    }
    lock.withLock {
      hasEnded = true
      lock.broadcast()
    }
  }

  /// Under a temporary name first, as restic writes it.
  private func write(_ repository: ScenarioRepository) throws -> String {
    let json = ForgedLock(
      time: Machine.time(secondsAgo: 0), hostname: Machine.hostName, username: "root", pid: Int64(getpid())
    ).json
    let bytes = try repository.forge.seal([2] + ZstdCompressor.compress(json))
    let id = ObjectID(hashOf: bytes).hex
    let temporary = repository.locks.appendingPathComponent("\(id)-tmp-1").path
    try Data(bytes).write(to: URL(fileURLWithPath: temporary))
    guard rename(temporary, repository.locks.appendingPathComponent(id).path) == 0 else {
      throw NeverHappened(description: "rename: errno \(errno)")
    }
    return id
  }

  /// Waits until the last file is written; answers how often the lock was replaced.
  @discardableResult
  func stop() -> Int {
    lock.withLock {
      isStopped = true
      while !hasEnded { lock.wait() }
      return refreshCount
    }
  }
}

extension JSONDecoder {
  static var snakeCase: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return decoder
  }
}
