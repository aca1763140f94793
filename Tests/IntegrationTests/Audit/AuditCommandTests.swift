import Foundation
import TestSupport
import Testing

@Suite("reslock audit")
struct AuditCommandTests {
  @Test("nothing in the repository changes")
  func changesNothing() async throws {
    let repository = try ScenarioRepository()
    try repository.addLock(pid: 9, secondsAgo: 4000)
    try repository.forge.addSnapshot(start: Machine.time(secondsAgo: 5000))
    func state() async throws -> String {
      try await ChildProcess.run(
        "find", [repository.url.path, "-printf", "%P %s %m %T@ %C@\\n"]
      ).stdout.split(separator: "\n").sorted().joined(separator: "\n")
    }
    let before = try await state()
    _ = try await WrittenAudit.make(of: repository, ["--include-keys"])
    #expect(try await state() == before)
  }

  @Test("without a password there is a report that says what is missing, and exit 12")
  func withoutPassword() async throws {
    let repository = try ScenarioRepository()
    let id = try repository.addLock(pid: 9, secondsAgo: 4000)
    let audit = try await WrittenAudit.make(of: repository, password: nil, exitCode: 12)
    #expect(audit.report.missing.contains { $0.contains("no password") })
    #expect(audit.report.locks.map(\.id) == [id] && audit.report.locks.first?.verdict == nil)
    // The bytes are in the evidence all the same.
    let members = try await ChildProcess.run("tar", ["tf", audit.bundle.path]).stdout
    #expect(members.contains("locks/\(id)"))
  }

  @Test("unreadable files, damaged keys and missing folders still give a report, and exit 1")
  func partialReading() async throws {
    let repository = try ScenarioRepository()
    try repository.addLock(pid: 9, secondsAgo: 4000)
    let unreadable = String(repeating: "ab", count: 32)
    try FileManager.default.createDirectory(
      at: repository.locks.appendingPathComponent(unreadable), withIntermediateDirectories: true)
    try repository.forge.addRawFile(inKeys: Array("{".utf8))
    let broken = repository.url.appendingPathComponent("snapshots/\(String(repeating: "cd", count: 32))")
    try Data("no snapshot".utf8).write(to: broken)
    let audit = try await WrittenAudit.make(of: repository, exitCode: 1)
    for words in ["locks/\(unreadable)", "key ", "snapshot cdcdcdcd"] {
      #expect(audit.report.missing.contains { $0.contains(words) }, "\(words): \(audit.report.missing)")
    }
    #expect(audit.report.locks.count == 2)
  }

  @Test("a repository whose keys are gone still gives its locks' bytes")
  func withoutKeys() async throws {
    let repository = try ScenarioRepository()
    try repository.addLock(pid: 9, secondsAgo: 4000)
    let keys = repository.url.appendingPathComponent("keys")
    for name in try FileManager.default.contentsOfDirectory(atPath: keys.path) {
      try FileManager.default.removeItem(at: keys.appendingPathComponent(name))
    }
    let audit = try await WrittenAudit.make(of: repository, exitCode: 12)
    #expect(audit.report.missing.contains { $0.contains("no key file") }, "\(audit.report.missing)")
    #expect(audit.report.locks.count == 1)
  }

  @Test("a folder with something in it is refused, and left as it is")
  func occupiedFolder() async throws {
    let repository = try ScenarioRepository()
    let folder = try TemporaryFolder("occupied")
    try Data("mine".utf8).write(to: folder.url.appendingPathComponent("report.html"))
    let result = try await ReslockBinary.run(
      ["audit", "--output", folder.path], repository: repository.url)
    #expect(result.exitCode == 64, "\(result.what)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["report.html"])
  }

  @Test("sha256sum agrees with every line, and tar unpacks what it lists")
  func plainTools() async throws {
    let repository = try ScenarioRepository()
    for pid in 1...5 { try repository.addLock(pid: Int64(pid), secondsAgo: 4000) }
    try repository.forge.addRawFile(inLocks: "stray name; rm -rf", bytes: [1, 2, 3])
    let audit = try await WrittenAudit.make(of: repository)
    let folder = try TemporaryFolder("unpacked")
    let unpacked = try await ChildProcess.run("tar", ["xf", audit.bundle.path, "-C", folder.path])
    #expect(unpacked.exitCode == 0, "\(unpacked.what)")
    let sums = try await ChildProcess.run(
      "sh", ["-c", "cd \"$0\" && sha256sum --strict -c SHA256SUMS", folder.path])
    #expect(sums.exitCode == 0, "\(sums.what)\(sums.stdout)")
    for id in repository.lockNames {
      #expect(
        try Data(contentsOf: folder.url.appendingPathComponent("locks/\(id)"))
          == Data(contentsOf: repository.locks.appendingPathComponent(id)))
    }
  }

  @Test("no secret is in any file of the report", arguments: [["--include-keys"], []])
  func secrets(flags: [String]) async throws {
    let repository = try ScenarioRepository(password: "open sesame 4711")
    try repository.addLock(pid: 9, secondsAgo: 4000)
    let audit = try await WrittenAudit.make(
      of: repository, flags + ["-o", "rclone.args=--password hunter2"], password: "open sesame 4711")
    let key = try #require(
      try FileManager.default.contentsOfDirectory(
        atPath: repository.url.appendingPathComponent("keys").path
      ).first)
    let file = try String(contentsOf: repository.url.appendingPathComponent("keys/\(key)"), encoding: .utf8)
    let salt = try #require(file.components(separatedBy: "\"salt\":\"").last?.prefix(40))
    let bundle = String(decoding: try Data(contentsOf: audit.bundle), as: UTF8.self)
    for secret in ["open sesame 4711", "hunter2"] { #expect(!bundle.contains(secret)) }
    #expect(bundle.contains(salt) == !flags.isEmpty)
  }

  @Test("the password alone checks a bundle with its keys; without them -r or the master key does")
  func authenticationCodes() async throws {
    let repository = try ScenarioRepository()
    try repository.addLock(pid: 9, secondsAgo: 4000)
    let password = repository.folder.url.appendingPathComponent("password")
    try Data(TestEnvironment.fixturePassword.utf8).write(to: password)
    let masterKey = repository.folder.url.appendingPathComponent("master-key")
    try Data(repository.forge.masterKeyText.utf8).write(to: masterKey)
    let withKeys = try await WrittenAudit.make(of: repository, ["--include-keys"]).bundle.path
    let without = try await WrittenAudit.make(of: repository).bundle.path
    for (bundle, flags, isChecked) in [
      (withKeys, ["-p", password.path], true), (without, ["-p", password.path], false),
      (without, ["-p", password.path, "-r", repository.url.path], true),
      (without, ["--master-key", masterKey.path], true), (withKeys, [], false),
    ] {
      let result = try await ReslockBinary.run(["audit", "verify", bundle] + flags, password: nil)
      #expect(result.exitCode == 0, "\(result.what)\(result.stdout)")
      #expect(result.stdout.contains("1 of 1 locks are sealed") == isChecked, "\(flags): \(result.stdout)")
    }
    let wrong = try await ReslockBinary.run(
      ["audit", "verify", withKeys, "-p", masterKey.path], password: nil)
    #expect(wrong.exitCode == 12, "\(wrong.what)")
  }

  @Test("a signature is checked by ssh-keygen; any flipped bit of it and another's key are found")
  func signatures() async throws {
    let repository = try ScenarioRepository()
    try repository.addLock(pid: 9, secondsAgo: 4000)
    let (key, other) = (repository.folder.path("key"), repository.folder.path("other"))
    for path in [key, other] {
      let made = try await ChildProcess.run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", path])
      try #require(made.exitCode == 0, "\(made.what)")
    }
    func signers(_ path: String, _ name: String) throws -> String {
      let file = repository.folder.path(name)
      let text = try String(contentsOfFile: path + ".pub", encoding: .utf8)
      try Data("auditor@example.org \(text)".utf8).write(to: URL(fileURLWithPath: file))
      return file
    }
    let audit = try await WrittenAudit.make(of: repository, ["--sign", key])
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: audit.folder.path).allSatisfy { !$0.hasPrefix(".") }
    )
    func verify(_ path: String, _ flags: [String] = []) async throws -> ProcessResult {
      try await ReslockBinary.run(["audit", "verify", path] + flags, password: nil)
    }
    let known = try signers(key, "known")
    let good = try await verify(audit.bundle.path, ["--allowed-signers", known])
    #expect(good.exitCode == 0 && good.stdout.contains("by auditor@example.org"), "\(good.stdout)")
    #expect(try await verify(audit.bundle.path).exitCode == 0)
    let foreign = try await verify(audit.bundle.path, ["--allowed-signers", try signers(other, "foreign")])
    #expect(
      foreign.exitCode == 1 && foreign.stdout.contains("none of the allowed signers"), "\(foreign.stdout)")

    let bytes = try Data(contentsOf: audit.bundle)
    let start = try #require(bytes.range(of: Data("-----BEGIN SSH".utf8))).lowerBound
    let end = try #require(bytes.range(of: Data("-----END SSH SIGNATURE-----\n".utf8))).upperBound
    for offset in stride(from: start, to: end, by: 11) {
      var changed = bytes
      changed[offset] ^= 1 << UInt8(offset % 7)
      let path = repository.folder.path("changed.tar")
      try changed.write(to: URL(fileURLWithPath: path))
      let result = try await verify(path)
      #expect(
        result.exitCode == 1 && result.stdout.contains("SHA256SUMS.sig: "),
        "\(offset - start): \(result.stdout)")
    }
    // A manifest that was made anew, sums and all, no longer has a signature that fits.
    let unsigned = try await WrittenAudit.make(of: repository)
    let none = try await verify(unsigned.bundle.path, ["--allowed-signers", known])
    #expect(none.exitCode == 1, "\(none.stdout)")
  }

  @Test("--compare tells what vanished and came since, and knows the locks of then")
  func compare() async throws {
    let repository = try ScenarioRepository()
    let gone = try repository.addLock(pid: 5001, secondsAgo: 900, hostname: "web1")
    let stays = try repository.addLock(pid: 5002, secondsAgo: 4000, hostname: "web2")
    let first = try await WrittenAudit.make(of: repository)
    try FileManager.default.removeItem(at: repository.locks.appendingPathComponent(gone))
    let new = try repository.addLock(pid: 5001, secondsAgo: 600, hostname: "web1")
    let second = try await WrittenAudit.make(of: repository, ["--compare", first.bundle.path])
    let run = try #require(second.report.runs.first { $0.hostname == "web1" })
    #expect(run.lockIds == [gone, new])
    let result = try await ReslockBinary.run(
      ["audit", "compare", "--json", first.bundle.path, second.bundle.path], password: nil)
    struct Comparison: Decodable {
      struct Lock: Decodable {
        var id: String
        var change: String
        var newer: String?
      }
      var sameRepository: Bool
      var locks: [Lock]
    }
    let comparison = try result.answer(Comparison.self)
    #expect(comparison.sameRepository)
    #expect(comparison.locks.first { $0.id == gone }?.change == "refreshed")
    #expect(comparison.locks.first { $0.id == gone }?.newer == new)
    #expect(comparison.locks.first { $0.id == stays }?.change == "unchanged")
    #expect(second.result.stdout.contains("refreshed: "))
  }
}
