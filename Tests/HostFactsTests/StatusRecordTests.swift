import HostFacts
import Testing

@Suite struct StatusRecordTests {
  private static let head =
    "Name:\trestic\nUmask:\t0022\nState:\tS (sleeping)\nTgid:\t19329\nNgid:\t0\nPid:\t19329\n"
  private static let tail =
    "PPid:\t19328\nTracerPid:\t0\nUid:\t1000\t1001\t1002\t1003\nGid:\t0\t0\t0\t0\nGroups:\t \n"
    + "NStgid:\t19329\t3\nNSpid:\t19329\t3\nNSpgid:\t19328\t2\nKthread:\t0\nVmPeak:\t    3060 kB\nThreads:\t9\n"

  private func parse(_ text: String) -> StatusRecord? { StatusRecord(Array(text.utf8)[...]) }

  @Test("a complete status gives every field")
  func complete() throws {
    let record = try #require(parse(Self.head + Self.tail))
    #expect(record.name == "restic")
    #expect(record.state == ProcessState(code: "S"))
    #expect(record.threadGroupID == 19329)
    #expect(record.processID == 19329)
    #expect(record.parentPID == 19328)
    #expect(record.namespacePIDs == [19329, 3])
    #expect(record.effectiveUserID == 1001)
    #expect(record.isKernelThread == false)
  }

  @Test("a status cut anywhere is no record before its PIDs and one behind them")
  func truncated() {
    let bytes = Array((Self.head + Self.tail).utf8)
    for count in 0...bytes.count {
      let record = StatusRecord(bytes.prefix(count))
      if count < Self.head.utf8.count - 6 { #expect(record == nil, "cut to \(count) bytes") }
      if count >= Self.head.utf8.count { #expect(record?.processID == 19329, "cut to \(count) bytes") }
    }
  }

  @Test(
    "a command name is unescaped and forges no other field",
    arguments: [
      ("Name:\ta\\nTgid:\\t1\n", "a\nTgid:\\t1"),  // as the kernel escapes it
      ("Name:\tback\\\\slash\n", "back\\slash"),
      ("Name:\t spaces  \n", " spaces  "),
      ("Name:\tends in\\\n", "ends in\\"),
      ("Name:\t\n", ""),
      ("Name:\ta\nTgid:\t1\nNSpid:\t7\nPid:\t1\n", "a"),  // as a kernel would that escapes nothing
    ])
  func names(line: String, expected: String) throws {
    let record = try #require(parse(line + "Tgid:\t5\nPid:\t5\nNSpid:\t5\n"))
    #expect(record.name == expected)
    #expect(record.threadGroupID == 5)
    #expect(record.processID == 5)
    #expect(record.namespacePIDs == [5])
  }

  @Test(
    "without positive PIDs there is no record",
    arguments: [
      "", "\n\n\n", "Pid:\t5\n", "Tgid:\t5\n", "Tgid:\t0\nPid:\t5\n", "Tgid:\t-5\nPid:\t-5\n",
      "Tgid:\t5\nPid:\tx\n", "Tgid:\t5 6\nPid:\t5\n", "Tgid:\t5\nPid:\t99999999999999999999\n",
      "tgid:\t5\npid:\t5\n", " Tgid:\t5\n Pid:\t5\n",
    ])
  func unusable(text: String) {
    #expect(parse(text) == nil)
  }

  @Test(
    "PIDs of namespaces that are missing or nonsense are unknown",
    arguments: ["", "NSpid:\n", "NSpid:\t5\tx\n", "NSpid:\t5\t-3\n", "NSpid:\t5\t99999999999999999999\n"])
  func namespacePIDs(line: String) throws {
    #expect(try #require(parse("Tgid:\t5\nPid:\t5\n" + line)).namespacePIDs == nil)
  }

  @Test(
    "an effective user ID that is missing or out of range is unknown",
    arguments: ["", "Uid:\n", "Uid:\t0\n", "Uid:\t0\t4294967296\t0\t0\n", "Uid:\t0\t-1\t0\t0\n"])
  func userIDs(line: String) throws {
    #expect(try #require(parse("Tgid:\t5\nPid:\t5\n" + line)).effectiveUserID == nil)
  }

  @Test("bytes that are not text are harmless")
  func bytes() throws {
    let name: [UInt8] = [0xff, 0xc3, 0x28, 0x00, 0xe2, 0x82]
    let bytes = Array("Name:\t".utf8) + name + Array("\nTgid:\t5\nPid:\t5\nState:\t".utf8) + [0xff, 0x0a]
    let record = try #require(StatusRecord(bytes[...]))
    #expect(record.name == "\u{FFFD}\u{FFFD}(\0\u{FFFD}\u{FFFD}")
    #expect(record.processID == 5)
  }
}
