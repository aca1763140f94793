import Testing

@testable import ReslockCommands

@Suite("Text for people")
struct TerminalTextTests {
  @Test(
    "control, formatting and line-breaking characters are shown, not obeyed",
    arguments: [
      ("plain", "plain"), ("a\u{1b}[31mb", "a\\u{1b}[31mb"), ("a\nb", "a\\u{a}b"), ("\u{7f}", "\\u{7f}"),
      ("\u{9b}31m", "\\u{9b}31m"), ("\u{202e}exe", "\\u{202e}exe"), ("\u{200b}", "\\u{200b}"),
      ("\u{2028}", "\\u{2028}"), ("bücher-服务器", "bücher-服务器"), ("\u{e000}", "\\u{e000}"),
      ("\r\n", "\\u{d}\\u{a}"),
    ])
  func escapes(text: String, expected: String) {
    #expect(TerminalText.escaped(text) == expected)
  }

  @Test("long text is cut and says so", arguments: [(5, "abcd…"), (10, "abcdefghij"), (1, "…")])
  func cuts(limit: Int, expected: String) {
    #expect(TerminalText.short("abcdefghij", characterLimit: limit) == expected)
  }

  @Test("a name of a megabyte is cut without much ado")
  func cutsLongNames() {
    #expect(TerminalText.short(String(repeating: "\u{1b}", count: 1 << 20), characterLimit: 20).count == 20)
  }

  @Test(
    "durations are numbers with units",
    arguments: [
      ("90s", 90.0), ("45m", 2700), ("2h30m", 9000), ("7d", 604_800), ("0s", 0), ("", nil), ("5", nil),
      ("m", nil),
      ("-5m", nil), ("5x", nil), ("1.5h", nil), ("9999999999d", nil), ("５m", nil), ("5m5", nil),
    ])
  func durations(text: String, seconds: Double?) {
    #expect(DurationArgument(argument: text)?.seconds == seconds)
  }

  @Test("a table is as wide as its cells, and its styles take no room")
  func tables() {
    var table = TextTable([.init(title: "ID"), .init(title: "N", alignsRight: true), .init(title: "WHY")])
    table.add([.init(text: "abc"), .init(text: "5"), .init(text: "x", style: .bad)])
    table.add([.init(text: "d"), .init(text: "1234"), .init(text: "")])
    #expect(
      table.lines(Terminal(usesColour: false)) == ["ID      N  WHY", "abc     5  x", "d    1234  "])
    #expect(table.lines(Terminal(usesColour: true))[1].hasSuffix("\u{1b}[31mx\u{1b}[0m"))
  }
}
