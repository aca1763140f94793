import Foundation

/// `reslock-bench RESLOCK RESTIC [ROUNDS]`: measures reslock beside restic on repositories made in this run;
/// `reslock-bench --log RESLOCK`: measures how it reads logs; `reslock-bench --servers RESLOCK RESTIC PEERS`: measures
/// both on servers of the `.peers` folder.
@main
enum ReslockBench {
  static func main() {
    let arguments = CommandLine.arguments
    guard (3...5).contains(arguments.count), (arguments[1] == "--servers") == (arguments.count == 5) else {
      fail(
        "usage: reslock-bench RESLOCK RESTIC [ROUNDS], reslock-bench --log RESLOCK, or "
          + "reslock-bench --servers RESLOCK RESTIC PEERS")
    }
    let folder = NSTemporaryDirectory() + "/reslock-bench-\(UUID().uuidString)"
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(atPath: folder) }
      if arguments[1] == "--log" { return try LogBench.run(reslock: arguments[2], folder: folder) }
      if arguments[1] == "--servers" {
        return try ServerBench.run(
          reslock: arguments[2], restic: arguments[3], peers: arguments[4], folder: folder, rounds: 5)
      }
      let programs = Programs(restic: arguments[2], reslock: arguments[1], home: folder)
      let rounds = arguments.count == 4 ? max(Int(arguments[3]) ?? 10, 1) : 10
      try run(programs: programs, folder: folder, rounds: rounds)
    } catch {
      fail("reslock-bench: \(error)")
    }
  }

  private static func run(programs: Programs, folder: String, rounds: Int) throws {
    note("making repositories with restic")
    let repositories = try BenchmarkRepositories(programs: programs, folder: folder)
    try checkAnswers(programs: programs, repositories: repositories)

    let (N, r, p) = repositories.scryptParameters
    let version = try programs.restic("version").output().split(separator: "\n").first ?? "restic"
    show("\(version)")
    show(
      "key derivation: N=\(N) r=\(r) p=\(p); \(ProcessInfo.processInfo.activeProcessorCount) cores; "
        + "medians of \(rounds) runs in turn")
    show("")
    Table.printHeader()
    for row in Row.allCases {
      note("measuring: \(row.rawValue)")
      Table.printRow(try row.measure(programs: programs, repositories: repositories, rounds: rounds))
    }
    show("")
    try printPeakMemory(programs: programs, repositories: repositories)
    show("")
    try AuditBench.run(programs: programs, repository: repositories.toAudit, folder: folder, rounds: rounds)
  }

  /// A program that answers wrongly must not win by it.
  private static func checkAnswers(programs: Programs, repositories: BenchmarkRepositories) throws {
    for (repository, count) in [
      (repositories.withoutLocks, 0), (repositories.withOneLock, 1), (repositories.with20Locks, 20),
      (repositories.with10000Locks, 10_000),
    ] {
      let output = try programs.reslock("list", "--json", repository: repository).output()
      let list = try JSONDecoder().decode(LockList.self, from: Data(output.utf8))
      let names = try BenchmarkRepositories.lockNames(of: repository)
      guard Set(list.locks.map(\.id)) == Set(names), list.locks.count == count,
        list.locks.allSatisfy({ $0.hostname != nil })
      else {
        throw BenchmarkFailure(description: "reslock list did not show the \(count) locks of \(repository)")
      }
    }
  }

  private struct LockList: Decodable {
    struct Lock: Decodable {
      let id: String
      let hostname: String?
    }
    let locks: [Lock]
  }

  private static func printPeakMemory(programs: Programs, repositories: BenchmarkRepositories) throws {
    let repository = repositories.with10000Locks
    let (N, r, _) = repositories.scryptParameters
    let withPassword = try programs.reslock("list", "--json", repository: repository).run()
    let withMasterKey = try programs.reslock(
      "list", "--json", "--master-key", repositories.masterKeyFile, repository: repository
    ).run()
    let limit = 150_000_000
    let peak = withMasterKey.peakMemoryByteCount
    show("peak memory of `reslock list --json` on 10,000 locks")
    show(
      "  with --master-key, so without scrypt: \(megabytes(peak)) "
        + "(bar: under \(megabytes(limit)), met: \(peak < limit ? "yes" : "NO"))")
    show(
      "  with the password:                    \(megabytes(withPassword.peakMemoryByteCount)) "
        + "(scrypt takes \(megabytes(128 * N * r)) for each lane it runs at once)")
  }

  private static func megabytes(_ byteCount: Int) -> String {
    "\((Double(byteCount) / 100_000).rounded() / 10) MB"
  }

  private static func note(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
  }

  private static func fail(_ text: String) -> Never {
    note(text)
    exit(1)
  }
}
