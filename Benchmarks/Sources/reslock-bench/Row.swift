import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The work that is measured, and what of restic it is held against.
enum Row: String, CaseIterable {
  case withoutLocks = "no lock: status / list locks --no-lock"
  case checkWithoutLocks = "no lock: check / list locks --no-lock"
  case hundredChecked = "100 free: check --all / 100 runs of check"
  case oneLock = "one lock: list / list locks --no-lock"
  case twentyLocks = "20 locks: list / cat lock each"
  case tenThousandLocks = "10,000 locks: list --json / unlock"
  case oneRemoved = "one expired lock removed: unlock / unlock"
  case tenThousandRemoved = "10,000 expired locks removed: unlock / unlock"
  case version = "--version / version"

  /// The largest share of restic's wall time.
  var bar: Double {
    switch self {
    case .withoutLocks, .checkWithoutLocks: 1.0 / 20
    case .hundredChecked: 1.0 / 50
    case .oneLock: 1.0 / 2.5
    case .twentyLocks: 1.0 / 40
    case .oneRemoved: 0.5
    case .tenThousandRemoved: 0.8
    case .tenThousandLocks, .version: 1
    }
  }

  func measure(programs: Programs, repositories: BenchmarkRepositories, rounds: Int) throws -> Measurement {
    func measured(
      _ restic: @escaping () throws -> Double, _ reslock: TimedProcess
    ) throws -> Measurement {
      try reslock_bench.measure(
        rawValue, bar: bar, rounds: rounds, restic: restic, reslock: { try reslock.run().wallSeconds })
    }
    switch self {
    case .withoutLocks:
      let restic = programs.restic("list", "locks", "--no-lock", repository: repositories.withoutLocks)
      return try measured(
        { try restic.run().wallSeconds }, programs.reslock("status", repository: repositories.withoutLocks))
    case .checkWithoutLocks:
      let restic = programs.restic("list", "locks", "--no-lock", repository: repositories.withoutLocks)
      return try measured(
        { try restic.run().wallSeconds }, programs.reslock("check", repository: repositories.withoutLocks))
    case .hundredChecked:
      // Against reslock itself: what looking side by side in one process saves.
      let runs = repositories.hundredFree.map { programs.reslock("check", repository: $0) }
      return try measured(
        { try runs.reduce(0) { $0 + (try $1.run().wallSeconds) } },
        programs.reslock("check", "--all", "--config", repositories.hundredFreeConfiguration))
    case .oneLock:
      let restic = programs.restic("list", "locks", "--no-lock", repository: repositories.withOneLock)
      return try measured(
        { try restic.run().wallSeconds }, programs.reslock("list", repository: repositories.withOneLock))
    case .twentyLocks:
      let runs = try BenchmarkRepositories.lockNames(of: repositories.with20Locks).map {
        programs.restic("cat", "lock", $0, "--no-lock", repository: repositories.with20Locks)
      }
      return try measured(
        { try runs.reduce(0) { $0 + (try $1.run().wallSeconds) } },
        programs.reslock("list", repository: repositories.with20Locks))
    case .tenThousandLocks:
      return try measured(
        unlocking(repositories.with10000Locks) { programs.restic("unlock", repository: $0) },
        programs.reslock("list", "--json", repository: repositories.with10000Locks))
    case .oneRemoved:
      return try removal(repositories.withOneExpiredLock, programs, rounds: rounds)
    case .tenThousandRemoved:
      return try removal(repositories.with10000Locks, programs, rounds: rounds)
    case .version:
      return try measured(
        { try programs.restic("version").run().wallSeconds }, programs.reslock("--version"))
    }
  }

  /// unlock removes what it finds, so each of its runs has a copy of its own.
  private func unlocking(
    _ repository: String, _ command: @escaping (_ copy: String) -> TimedProcess
  ) -> () throws -> Double {
    {
      let copy = repository + "-unlocked"
      try BenchmarkRepositories.copy(repository, to: copy)
      // What has expired lies on the disk long since, for both programs alike.
      sync()
      defer { try? FileManager.default.removeItem(atPath: copy) }
      let seconds = try command(copy).run().wallSeconds
      guard try BenchmarkRepositories.lockNames(of: copy).isEmpty else {
        throw BenchmarkFailure(description: "unlock left locks: it has not done the work")
      }
      return seconds
    }
  }

  private func removal(_ repository: String, _ programs: Programs, rounds: Int) throws -> Measurement {
    let journal = repository + "-journal.jsonl"
    let unlock = unlocking(repository) {
      programs.reslock("unlock", "--yes", "--trust-clock", "--quiet", "--journal", journal, repository: $0)
    }
    return try reslock_bench.measure(
      rawValue, bar: bar, rounds: rounds,
      restic: unlocking(repository) { programs.restic("unlock", repository: $0) },
      reslock: {
        // A journal of its own for each run: what earlier ones wrote is not this one's work.
        try? FileManager.default.removeItem(atPath: journal)
        programs.forget()
        return try unlock()
      })
  }
}
