import LockFailureLogs
import TestSupport
import Testing

@Suite("Reading logs in chunks, and hostile ones")
struct ReadingTests {
  private static let locked =
    "unable to create lock in backend: repository is already locked by PID 7 on h by u (UID 0, GID 0)\n"
    + "lock was created at 2026-01-01 00:00:00 (1h0m0s ago)\nstorage ID 0123abcd\n"

  @Test("where the chunks end makes no difference", arguments: LogReading.fixtureNames)
  func chunks(name: String) throws {
    let bytes = try LogReading.bytes(of: name)
    let whole = LogReading.description(LogReading.findings(in: bytes))
    for size in [1, 2, 3, 7, 64, 255, 1000] {
      #expect(LogReading.description(LogReading.findings(in: bytes, chunkSizes: [size])) == whole, "\(size)")
    }
    let random = TestRandom(seed: 5)
    for _ in 0..<20 {
      let sizes = random.bytes(5).map { Int($0) + 1 }
      #expect(LogReading.description(LogReading.findings(in: bytes, chunkSizes: sizes)) == whole, "\(sizes)")
    }
  }

  @Test("an endless line is cut, and the next one is read")
  func endlessLine() {
    let line = [UInt8](repeating: UInt8(ascii: "x"), count: 3 << 20)
    let late = line + Array(" unable to create lock in backend: nothing\n\(Self.locked)".utf8)
    for sizes in [[1 << 18], [4 << 20], [1 << 20, 77]] {
      let findings = LogReading.findings(in: late, chunkSizes: sizes)
      #expect(findings.groups.map(\.kind) == [.locked])
      #expect(findings.lineCount == 4)
    }
  }

  @Test(
    "JSON nested without end, and cut anywhere, is read without a trap",
    arguments: [
      String(repeating: #"{"a":"#, count: 100_000) + "<lock/",
      String(repeating: "[", count: 100_000) + " <lock/",
      #"{"log":"unable to create lock in backend: \uD800\u12"#, #"{"MESSAGE":[1,2,999999,"#, "{", #"{"a"#,
      #"{"msg":"task failed","task":"#, "<lock/", "<14>1 ", "[", "[]", #"{"a":[{"b":"already locked"}]"#,
    ])
  func brokenJSON(text: String) {
    let kinds = LogReading.findings(in: text + "\n" + Self.locked).groups.map(\.kind)
    #expect(kinds.contains(.locked))
  }

  @Test("bytes that are no text do not hide the failure behind them")
  func binary() {
    let noise = TestRandom(seed: 9).bytes(200_000)
    var bytes = noise
    bytes += Array("\n\(Self.locked)".utf8)
    bytes += noise
    let findings = LogReading.findings(in: bytes)
    #expect(findings.groups.contains { $0.holder?.hostname == "h" })
  }

  @Test(
    "names of people and machines are kept as they are",
    arguments: [
      (#"by PID 1 on PC by CORP\nina (UID 0, GID 0)"#, "PC", #"CORP\nina"#),
      ("by PID 1 on a by b by c (UID 0, GID 0)", "a", "b by c"),
      ("by PID 1 on h by  (UID 0, GID 0)", "h", ""),
      ("by PID 1 on h by x (UID 5, GID 6) (UID 0, GID 0)", "h", "x (UID 5, GID 6)"),
      ("by PID 226801 on homelab by root", "homelab", "root"), ("by PID 1693818", "", ""),
      ("exclusively by PID -1 on bücher by 服务 (UID 1, GID 1)", "bücher", "服务"),
    ])
  func names(text: String, hostname: String, username: String) {
    let findings = LogReading.findings(in: "repository is already locked \(text)\n")
    #expect(findings.groups.first?.holder?.hostname == hostname)
    #expect(findings.groups.first?.holder?.username == username)
  }

  @Test("a million holders are counted in bounded memory")
  func manyHolders() {
    var text = ""
    for pid in 0..<6000 {
      text += "repository is already locked by PID \(pid) on h by u (UID 0, GID 0)\n"
    }
    let findings = LogReading.findings(in: text)
    #expect(findings.groups.count == 4096)
    let counted = findings.groups.map(\.count).reduce(0, +)
    #expect(counted + findings.uncountedFailures == 6000)
  }

  @Test("the same log read twice does not count twice, and a refreshed lock keeps its holder")
  func echoesAndLineages() {
    let refreshed = Self.locked.replacing("0123abcd", with: "99999999").replacing("1h0m0s", with: "55m2.5s")
    var reader = LockFailureLogReader()
    for text in [Self.locked, Self.locked, refreshed] {
      reader.read(Array(text.utf8))
      reader.endFile()
    }
    let findings = reader.findings()
    #expect(findings.groups.count == 1)
    #expect(findings.groups.first?.count == 2)
    #expect(findings.groups.first?.lockIDs == ["0123abcd", "99999999"])
  }

  @Test("streams that are mixed line by line are kept apart")
  func mixedStreams() {
    let first = "a-1 | repository is already locked by PID 1 on one by u (UID 0, GID 0)\n"
    let second = "b-1 | repository is already locked by PID 2 on two by u (UID 0, GID 0)\n"
    let text = first + second + "a-1 | storage ID 11111111\nb-1 | storage ID 22222222\n"
    let ids = LogReading.findings(in: text).groups.map { "\($0.holder?.hostname ?? "") \($0.lockIDs)" }
    #expect(Set(ids) == ["one [\"11111111\"]", "two [\"22222222\"]"])
  }

  @Test("a clock that is off is told with its sign; quarter hours are taken for a time zone")
  func skew() throws {
    let late = "2026-01-01T03:07:00Z " + Self.locked
    let clock = try #require(LogReading.findings(in: late).groups.first?.clock)
    #expect(!clock.agrees)
    #expect(clock.mostSeconds == 420)
    let future = "2026-01-01T00:00:00Z " + Self.locked.replacing("(1h0m0s ago)", with: "(-5m0s ago)")
    #expect(LogReading.findings(in: future).groups.first?.clock.futureCount == 1)
  }

  @Test(
    "the command is found in command lines",
    arguments: [
      ("restic -r sftp:x:/y --password-file p backup /srv", "backup"),
      ("/bin/restic-0.17.1 snapshots --json", "snapshots"),
      (#"C:\restic\restic.exe -o sftp.command="plink x" forget"#, nil), ("restic key list", "key list"),
      ("['restic', '-r', 'x', 'stats', '-q']", "stats"), ("restic: something about backup", nil),
      ("restic's backup", nil), ("autorestic backup", nil), ("restic issue backup", nil),
    ])
  func commandLines(line: String, operation: String?) {
    let text = "+ \(line)\nunable to create lock in backend: no space\n"
    #expect(LogReading.findings(in: text).groups.first?.runs.first?.command?.operation == operation)
  }

  @Test("nothing is found where nothing is")
  func nothing() {
    for text in ["", "\n", "block storage is already unlocked\nall saved\n"] {
      let findings = LogReading.findings(in: text)
      #expect(findings.groups.isEmpty && findings.successes.isEmpty)
    }
  }
}
