import Foundation
import ResticLocks
import Synchronization
import TestSupport
import Testing

/// Every operation of the table, run by every restic at hand against every state of the locks.
@Suite("A forecast against real restic") struct ForecastAgainstResticTests {
  /// Those that open no repository, or another one.
  private static let withoutRepository: Set<String> = [
    "cache", "features", "generate", "options", "self-update", "version",
  ]

  private static let operations = ResticOperation.all.filter { !withoutRepository.contains($0.command) }

  @Test(
    "an operation is blocked, and ends with an exit, as forecast", arguments: ResticBinary.all,
    LockState.allCases)
  func asForecast(binary: ResticBinary, state: LockState) async throws {
    let version = ResticVersion(binary.version.major, binary.version.minor, binary.version.patch)
    try await check(
      Self.operations.filter { $0.exists(in: version) }, binary: binary, version: version, state: state)
  }

  @Test(
    "--no-lock does what the table says", arguments: ResticBinary.all,
    [LockState.none, .damaged, .sharedAndExclusive])
  func noLockAsForecast(binary: ResticBinary, state: LockState) async throws {
    let version = ResticVersion(binary.version.major, binary.version.minor, binary.version.patch)
    let operations = Self.operations.filter { operation in
      operation.exists(in: version)
        // Without effect, the lock decides as it does in the test above, and a damaged one takes its time.
        && (state != .damaged || operation.canRunWithoutLock(in: version))
    }
    try await check(operations.map(\.withoutLock), binary: binary, version: version, state: state)
  }

  @Test("an operation that a version lacks is unknown to it", arguments: ResticBinary.all)
  func unknownOperations(binary: ResticBinary) async throws {
    let version = ResticVersion(binary.version.major, binary.version.minor, binary.version.patch)
    for operation in Self.operations where !operation.exists(in: version) && operation.flags.isEmpty {
      let result = try await binary.run(
        operation.command.split(separator: " ").map(String.init), repository: nil)
      #expect(result.exitCode == 1 && result.stderr.contains("unknown command"), "\(operation)")
    }
  }

  private func check(
    _ operations: [ResticOperation], binary: ResticBinary, version: ResticVersion, state: LockState
  ) async throws {
    let repository = try await ForecastRepositories.shared.repository(of: binary)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for operation in operations {
        group.addTask {
          try await Slots.shared.use {
            let (locked, obstacles) = try repository.copy(with: state)
            defer { try? FileManager.default.removeItem(at: locked) }
            let forecast = try? Forecast.of(operation, obstacles: obstacles, version: version)
            // A blocked mount fails before it comes to FUSE, so that much is seen wherever the test runs.
            guard operation.command != "mount" || Self.hasFUSE || forecast?.isBlocked == true else { return }
            let run = try await repository.run(operation, on: locked)
            Self.compare(run, operation, obstacles, version)
          }
        }
      }
      try await group.waitForAll()
    }
  }

  private static func compare(
    _ run: ForecastRun, _ operation: ResticOperation, _ obstacles: [LockObstacle], _ version: ResticVersion
  ) {
    let what = "\(operation) against \(obstacles): exit \(run.exitCode) after \(run.seconds) s: \(run.output)"
    let forecast: Forecast
    do {
      forecast = try Forecast.of(operation, obstacles: obstacles, version: version)
    } catch .refusesNoLock {
      #expect(run.exitCode == 1 && run.output.contains("--no-lock is only applicable"), "\(what)")
      return
    } catch {
      Issue.record("\(error)")
      return
    }
    #expect(forecast.exitCodes.contains(run.exitCode), "\(what)")
    #expect(run.sawLock == forecast.isBlocked, "\(what)")
    // Where a conflict may decide, it may do so at any of the four attempts.
    if forecast.exitCodes == [1], forecast.delaySeconds > 0 {
      #expect(run.seconds >= Double(forecast.delaySeconds), "\(what)")
    } else if forecast.delaySeconds == 0 {
      #expect(run.seconds < 34, "\(what)")
    }
  }

  private static let hasFUSE: Bool = {
    #if os(Linux)
      let descriptor = open("/dev/fuse", O_RDWR | O_CLOEXEC)
      defer { if descriptor >= 0 { close(descriptor) } }
      return descriptor >= 0
    #else
      return false
    #endif
  }()
}

/// How many restics run at once: most of them sleep.
actor Slots {
  static let shared = Slots(count: 64)
  private var free: Int
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(count: Int) { free = count }

  nonisolated func use(_ work: @Sendable () async throws -> Void) async throws {
    await take()
    do {
      try await work()
    } catch {
      await give()
      throw error
    }
    await give()
  }

  private func take() async {
    if free > 0 {
      free -= 1
    } else {
      await withCheckedContinuation { waiting.append($0) }
    }
  }

  private func give() {
    if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
  }
}
