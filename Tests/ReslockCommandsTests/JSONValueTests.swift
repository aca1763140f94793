import Foundation
import Testing

@testable import ReslockCommands
@testable import ResticLocks

@Suite("JSON as it is written")
struct JSONValueTests {
  @Test(
    "numbers keep three digits and never become what JSON lacks",
    arguments: [
      (0.0, "0.0"), (1.0, "1.0"), (-1.5, "-1.5"), (0.0004, "0.0"), (0.0006, "0.001"), (1e-300, "0.0"),
      (63_927_014_400.25, "63927014400.25"), (1e300, "1e+300"), (.infinity, "null"), (.nan, "null"),
      (-0.0001, "0.0"), (999.9996, "1000.0"),
    ])
  func numbers(value: Double, text: String) {
    #expect(JSONValue.number(value).text == text)
  }

  @Test(
    "any text comes back from Foundation's reader as it was, and none drives a terminal",
    arguments: [
      "", "plain", "quote \" backslash \\ slash /", "line\nfeed\ttab\r", "\u{0}\u{1f}\u{7f}", "jürgen 服务器 🔒",
      "\u{1b}]0;owned\u{7}", "\u{2028}",
    ])
  func strings(text: String) throws {
    let json = JSONValue.array([.string(text)]).text
    #expect(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String] == [text])
    #expect(!json.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7f })
  }

  @Test("objects keep the order of their keys and say null")
  func objects() {
    let value = JSONValue.object([
      ("b", .null), ("a", .array([.bool(true), .integer(.min)])), ("c", .object([])),
    ])
    #expect(value.text == #"{"b":null,"a":[true,-9223372036854775808],"c":{}}"#)
  }
}
