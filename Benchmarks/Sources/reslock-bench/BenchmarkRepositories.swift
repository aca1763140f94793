import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The states of a repository that are measured, each made by restic in this run, so that its key derivation costs
/// what restic found right for this machine.
struct BenchmarkRepositories {
  let withoutLocks: String
  let withOneLock: String
  let withOneExpiredLock: String
  let with20Locks: String
  let with10000Locks: String
  /// With 1,000 snapshots too.
  let toAudit: String
  let hundredFree: [String]
  /// Names them all.
  let hundredFreeConfiguration: String
  /// A file with the master key of `with10000Locks`.
  let masterKeyFile: String
  /// scrypt's N, r and p in that repository's key file.
  let scryptParameters: (N: Int, r: Int, p: Int)

  init(programs: Programs, folder: String) throws {
    withoutLocks = folder + "/without-locks"
    _ = try programs.restic("init", repository: withoutLocks).run()
    scryptParameters = try Self.scryptParameters(of: withoutLocks)

    hundredFree = (0..<100).map { "\(folder)/free-\($0)" }
    for repository in hundredFree { try Self.copyWithoutData(withoutLocks, to: repository) }
    hundredFreeConfiguration = folder + "/free.yaml"
    let entries = hundredFree.enumerated().map { "  free\($0): {location: \($1)}\n" }
    try ("repositories:\n" + entries.joined()).write(
      toFile: hundredFreeConfiguration, atomically: true, encoding: .utf8)

    withOneLock = folder + "/one-lock"
    try Self.copy(withoutLocks, to: withOneLock)
    try Self.leaveLock(programs: programs, repository: withOneLock, pipe: folder + "/input")

    let masterKey = try programs.restic("cat", "masterkey", repository: withoutLocks).output()
    masterKeyFile = folder + "/master-key.json"
    try masterKey.write(toFile: masterKeyFile, atomically: true, encoding: .utf8)
    let forge = try LockForge(masterKey: masterKey)
    withOneExpiredLock = folder + "/one-expired-lock"
    try Self.copy(withoutLocks, to: withOneExpiredLock)
    try forge.writeExpiredLocks(count: 1, into: withOneExpiredLock + "/locks")
    with20Locks = folder + "/20-locks"
    try Self.copy(withoutLocks, to: with20Locks)
    try forge.writeExpiredLocks(count: 20, into: with20Locks + "/locks")
    with10000Locks = folder + "/10000-locks"
    try Self.copy(withoutLocks, to: with10000Locks)
    try forge.writeExpiredLocks(count: 10_000, into: with10000Locks + "/locks")
    toAudit = folder + "/to-audit"
    try Self.copy(with10000Locks, to: toAudit)
    try forge.writeSnapshots(count: 1000, into: toAudit + "/snapshots")
  }

  static func lockNames(of repository: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: repository + "/locks")
  }

  /// Copies a repository with its file times; `cp`, as it is faster than FileManager on 10,000 files.
  static func copy(_ source: String, to target: String) throws {
    _ = try TimedProcess(executable: "/bin/cp", arguments: ["-Rp", source, target], environment: [:]).run()
  }

  /// Copies what a look at the locks reads.
  private static func copyWithoutData(_ source: String, to target: String) throws {
    try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: true)
    for name in ["config", "keys", "locks"] { try copy("\(source)/\(name)", to: "\(target)/\(name)") }
  }

  /// Kills a backup that waits for its input, once it holds its lock.
  private static func leaveLock(programs: Programs, repository: String, pipe: String) throws {
    guard mkfifo(pipe, 0o600) == 0 else { throw BenchmarkFailure(description: "mkfifo \(pipe) failed") }
    // Open for reading too, so that opening does not wait for the other end.
    let end = open(pipe, O_RDWR | O_CLOEXEC)
    defer { close(end) }
    let pid = try programs.restic("backup", "--stdin", repository: repository)
      .spawn(input: pipe, outputPath: "/dev/null")
    let deadline = ContinuousClock.now + .seconds(60)
    while try lockNames(of: repository).allSatisfy({ $0.contains("-tmp-") }) {
      guard ContinuousClock.now < deadline else { break }
      usleep(50_000)
    }
    kill(pid, SIGKILL)
    var status: CInt = 0
    waitpid(pid, &status, 0)
    guard try lockNames(of: repository).count == 1 else {
      throw BenchmarkFailure(description: "restic backup --stdin left no lock")
    }
  }

  private static func scryptParameters(of repository: String) throws -> (N: Int, r: Int, p: Int) {
    struct KeyFile: Decodable {
      let N: Int
      let r: Int
      let p: Int
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: repository + "/keys")
    guard let name = names.first else { throw BenchmarkFailure(description: "restic init left no key") }
    let bytes = try Data(contentsOf: URL(fileURLWithPath: repository + "/keys/" + name))
    let key = try JSONDecoder().decode(KeyFile.self, from: bytes)
    return (key.N, key.r, key.p)
  }
}
