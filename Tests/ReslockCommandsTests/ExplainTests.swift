import Foundation
import TestSupport
import Testing

@Suite("reslock explain, as it is run")
struct ExplainTests {
  private static let logs = TestEnvironment.fixtures.appendingPathComponent("logs")

  private static func path(_ name: String) -> String { logs.appendingPathComponent(name).path }

  private static func document(_ result: ProcessResult) throws -> [String: Any] {
    let object = try JSONSerialization.jsonObject(with: Data(result.stdoutBytes))
    return try #require(object as? [String: Any])
  }

  private static func failures(_ result: ProcessResult) throws -> [[String: Any]] {
    try #require(try document(result)["failures"] as? [[String: Any]])
  }

  /// restic's message about one of the locks of `forged-v2`.
  private static func message(_ holder: String, id: String) -> String {
    "unable to create lock in backend: repository is already locked \(holder)\n"
      + "lock was created at 2026-11-22 19:54:01 (2h0m0s ago)\nstorage ID \(id)\n"
  }

  @Test("a log on standard input, plain or compressed, with or without -", arguments: [[], ["-"]])
  func standardInput(arguments: [String]) async throws {
    let log = try Data(contentsOf: Self.logs.appendingPathComponent("backrest-543.log"))
    let gzip = try await ChildProcess.run("gzip", ["-c"], standardInput: log)
    for input in [log, Data(gzip.stdoutBytes), Data(gzip.stdoutBytes + gzip.stdoutBytes)] {
      let result = try await ReslockBinary.run(["explain"] + arguments, standardInput: input)
      #expect(result.exitCode == 0)
      #expect(result.stdout.contains("locked out once by amar@mac, PID 69387, UID 501 (exclusive)"))
      #expect(result.stdout.contains("67a154bb"))
      #expect(result.stdout.contains("3d 1h"))
      #expect(result.stdout.contains("reslock unlock -r REPOSITORY"))
    }
  }

  @Test("nothing found is said, and is no error")
  func nothing() async throws {
    let result = try await ReslockBinary.run(["explain"], standardInput: Data("all quiet\n".utf8))
    #expect(result.exitCode == 0)
    #expect(result.stdout.hasPrefix("no lock failures  in 1 log, 1 line"))
  }

  @Test("a file that can't be read is named, and the others are read", arguments: [false, true])
  func unreadable(asJSON: Bool) async throws {
    let folder = try TemporaryFolder()
    let gzip = try await ChildProcess.run("gzip", ["-c", Self.path("backrest-543.log")])
    try Data(gzip.stdoutBytes.dropLast(9)).write(to: folder.url.appendingPathComponent("cut.gz"))
    let files = [folder.path("absent.log"), folder.path, folder.path("cut.gz"), Self.path("kubernetes.log")]
    let result = try await ReslockBinary.run(["explain"] + (asJSON ? ["--json"] : []) + files)
    #expect(result.exitCode == 1)
    #expect(result.stderr.contains("absent.log"))
    #expect(result.stderr.contains("cut.gz"))
    #expect(result.stdout.contains("backup-7f9c-abcde"))
    if asJSON {
      let described = try #require(try Self.document(result)["files"] as? [[String: Any]])
      #expect(described.map { $0["error"] is String } == [true, true, true, false])
      #expect(described.map { $0["gzip"] as? Bool } == [false, false, true, false])
    }
  }

  @Test("wrong usage is 64")
  func usage() async throws {
    #expect(try await ReslockBinary.run(["explain", "--nonsense"]).exitCode == 64)
    #expect(try await ReslockBinary.run(["explain", "-q", "-v"]).exitCode == 64)
  }

  @Test("names can't drive the terminal")
  func escapes() async throws {
    let log =
      "{\"log\":\"repository is already locked by PID 1 on \\u001b]0;x\\u0007h by u\\u009b31m (UID 0, GID 0)\\n\"}\n"
    for arguments in [["explain"], ["explain", "--json"]] {
      let result = try await ReslockBinary.run(arguments, standardInput: Data(log.utf8))
      #expect(result.exitCode == 0)
      #expect(result.stdout.contains("locked"))
      #expect(
        !result.stdout.unicodeScalars.contains {
          $0.value < 0x20 && $0 != "\n" || (0x7f...0x9f).contains($0.value)
        })
    }
  }

  @Test("no advice is to remove all locks, whatever restic says in the log")
  func noRemoveAll() async throws {
    let result = try await ReslockBinary.run(["explain", Self.path("restic-0.19.1-damaged.txt")])
    #expect(result.stdout.contains("reslock unlock --damaged"))
    #expect(!result.stdout.contains("--remove-all"))
  }

  @Test("with -r it says what became of each lock")
  func joined() async throws {
    let folder = try TemporaryFolder()
    let repository = folder.url.appendingPathComponent("repository")
    try Fixtures.copy("restic-0.19-v2", to: repository)
    let log =
      Self.message("by PID 29421 on web1.example.org by root (UID 0, GID 0)", id: "ac977773")
      + Self.message("by PID 4 on nowhere by root (UID 0, GID 0)", id: "00000000")
    let result = try await ReslockBinary.run(
      ["explain", "--json"], repository: repository, standardInput: Data(log.utf8))
    #expect(result.exitCode == 0)
    let fates = try Self.failures(result).reduce(into: [String: String]()) { fates, failure in
      let now = try #require(failure["now"] as? [String: Any])
      fates[failure["hostname"] as? String ?? ""] = now["state"] as? String
    }
    #expect(fates == ["web1.example.org": "there", "nowhere": "gone"])

    let newer = Self.message("by PID 29421 on web1.example.org by root (UID 0, GID 0)", id: "11111111")
    let text = try await ReslockBinary.run(
      ["explain"], repository: repository, standardInput: Data(newer.utf8))
    #expect(text.stdout.contains("its holder has written newer ones: ac977773"))
    #expect(!text.stdout.contains("REPOSITORY"))

    let missing = try await ReslockBinary.run(
      ["explain"], repository: folder.url.appendingPathComponent("none"), standardInput: Data(log.utf8))
    #expect(missing.exitCode == 10)
    let wrong = try await ReslockBinary.run(
      ["explain"], repository: repository, password: "wrong", standardInput: Data(log.utf8))
    #expect(wrong.exitCode == 12)
  }

  @Test("a repository in the environment alone is left alone")
  func environmentAlone() async throws {
    let result = try await ReslockBinary.run(
      ["explain", Self.path("kubernetes.log")], environment: ["RESTIC_REPOSITORY": "/nonexistent"])
    #expect(result.exitCode == 0)
  }

  @Test("what real restic says of a real lock is read, as text and as JSON", arguments: ResticBinary.all)
  func realRestic(restic: ResticBinary) async throws {
    let folder = try TemporaryFolder()
    let repository = folder.url.appendingPathComponent("repository")
    try Fixtures.copy("restic-0.18-v2", to: repository)
    let name = try #require(
      try FileManager.default.contentsOfDirectory(atPath: repository.appendingPathComponent("locks").path)
        .first)
    for arguments in [["snapshots"], ["snapshots", "--json"]] {
      let failed = try await restic.run(arguments, repository: repository)
      #expect(failed.exitCode != 0)
      let log = Data(failed.stdoutBytes + failed.stderrBytes)
      let result = try await ReslockBinary.run(
        ["explain", "--json"], repository: repository, standardInput: log)
      #expect(result.exitCode == 0)
      let failure = try #require(try Self.failures(result).first)
      #expect(failure["hostname"] as? String == "mac")
      #expect(failure["exclusive"] as? Bool == true)
      #expect(failure["lock_ids"] as? [String] == [String(name.prefix(8))])
      let now = try #require(failure["now"] as? [String: Any])
      #expect(now["state"] as? String == "there")
    }
  }
}
