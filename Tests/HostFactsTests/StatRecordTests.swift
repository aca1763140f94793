import HostFacts
import Testing

@Suite struct StatRecordTests {
  private func line(name: String, state: String = "S", flags: String = "4194304", start: String = "123456")
    -> String
  {
    "77 (\(name)) \(state) 1 77 77 0 -1 \(flags) 100 0 0 0 1 2 0 0 20 0 9 0 \(start) 1000 200 18446744073709551615\n"
  }

  private func parse(_ text: String) -> StatRecord? { StatRecord(Array(text.utf8)[...]) }

  @Test(
    "fields are found behind any command name",
    arguments: [
      "restic", "a b", "a) S 1 2 3 (b", ") R 0 0", "((((", "))))", "", "new\nline) Z 0", "(", ")",
      "x) Z 0 0 0 0 0 2097152",
    ])
  func names(name: String) throws {
    let record = try #require(parse(line(name: name)))
    #expect(record.state.code == "S")
    #expect(record.isKernelThread == false)
    #expect(record.startTicks == 123456)
  }

  @Test(
    "PF_KTHREAD makes a kernel thread",
    arguments: [("2129984", true), ("69238880", true), ("4194304", false), ("0", false)])
  func kernelThread(flags: String, expected: Bool) throws {
    #expect(try #require(parse(line(name: "kthreadd", flags: flags))).isKernelThread == expected)
  }

  @Test(
    "numbers that do not fit are unknown",
    arguments: ["99999999999999999999", "-5", "x", "1.5"])
  func numbers(start: String) throws {
    #expect(try #require(parse(line(name: "a", start: start))).startTicks == nil)
  }

  @Test(
    "a line without name or state is no record",
    arguments: ["", "77", "77 (a", "77 (a)", "77 (a) ", "77 (a) 5 1", "77 (a) SS 1", "77 a) S 1", "\n"])
  func unusable(text: String) {
    #expect(parse(text) == nil)
  }

  @Test("a line cut anywhere never gives a wrong field")
  func truncated() {
    let bytes = Array(line(name: "restic").utf8)
    for count in 0...bytes.count {
      guard let record = StatRecord(bytes.prefix(count)) else { continue }
      #expect(record.state.code == "S")
      #expect(record.isKernelThread == nil || record.isKernelThread == false)
    }
  }
}
