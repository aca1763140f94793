import RepositoryCatalog
import Testing

@Suite("Texts of configurations")
struct DocumentTests {
  private static func error(_ format: DocumentFormat, _ text: String) -> DocumentError? {
    do {
      _ = try format.parse(Array(text.utf8))
      return nil
    } catch {
      return error
    }
  }

  @Test(
    "what breaks a format is an error on its line",
    arguments: [
      (DocumentFormat.yaml, "a: 1\nb: [", 3), (.yaml, "a:\n\tb: 1", 2), (.yaml, "a: 1\na: 2", 2),
      (.yaml, "a: *none", 1), (.yaml, "a: &a [*a]", 1), (.yaml, "? [x]\n: y", 1),
      (.yaml, "a: 1\n---\nb: 1", 2),
      (.yaml, "a: 1\n<<: 3", 2), (.yaml, "a: \u{1}", 1),
      (.json, "{\"a\": 1,}", 1), (.json, "{\"a\": 1\n\"b\": 2}", 2), (.json, "{\"a\":1,\"a\":2}", 1),
      (.json, "[01]", 1), (.json, "[1.]", 1), (.json, "[\"\\ud800\"]", 1), (.json, "[\"\n\"]", 1),
      (.json, "{} {}", 1), (.json, "{a: 1}", 1), (.json, "[tru]", 1), (.json, "\"open", 1),
      (.json, "// no\n{}", 1),
      (.toml, "a = 1\na = 2", 2), (.toml, "[a]\n[a]", 2), (.toml, "a = x", 1), (.toml, "a = \"x", 1),
      (.toml, "a = 1 2", 1), (.toml, "[a", 1), (.toml, "a = 1\n[a]", 2), (.toml, "[[a]]\n[a]", 2),
      (.toml, "a.b = 1\n[a]", 2), (.toml, "a = {b = 1}\n[a.c]", 2), (.toml, "a = '''", 1),
      (.toml, "a = \"\\q\"", 1), (.toml, "= 1", 1), (.toml, "a = [1 2]", 1),
    ])
  func broken(format: DocumentFormat, text: String, line: Int) {
    #expect(Self.error(format, text)?.line == line, "\(text)")
  }

  @Test("a text that is not UTF-8 is named by its line", arguments: DocumentFormat.allCases)
  func encoding(format: DocumentFormat) {
    #expect(throws: DocumentError.self) { try format.parse(Array("a\nb".utf8) + [0xff, 0xfe]) }
  }

  @Test(
    "a byte order mark is passed over, and nothing at all is an empty mapping",
    arguments: DocumentFormat.allCases)
  func emptiness(format: DocumentFormat) throws {
    let text = format == .json ? "{\"a\": \"b\"}" : format == .yaml ? "a: b" : "a = 'b'"
    #expect(try format.parse([0xef, 0xbb, 0xbf] + Array(text.utf8))["a"]?.text == "b")
    #expect(try format.parse([]).members == [])
    #expect(try format.parse(Array(" \n".utf8)).members == [])
  }

  @Test("aliases that stand for billions of values are refused before they are built")
  func bomb() {
    var text = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n"
    for level in 1...12 {
      let aliases = [String](repeating: "*a\(level - 1)", count: 10).joined(separator: ",")
      text += "a\(level): &a\(level) [\(aliases)]\n"
    }
    #expect(Self.error(.yaml, text)?.problem.contains("more than") == true)
  }

  @Test("deep nesting is refused and takes no stack", arguments: DocumentFormat.allCases, [65, 100_000])
  func nesting(format: DocumentFormat, depth: Int) {
    let brackets = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    #expect(Self.error(format, format == .toml ? "a = \(brackets)" : brackets) != nil)
    let keys = String(repeating: "a.", count: depth)
    if format == .toml {
      #expect(Self.error(.toml, "\(keys)b = 1") != nil)
      #expect(Self.error(.toml, "[\(keys)b]") != nil)
    }
  }

  @Test("more than 8 MiB are refused unread", arguments: DocumentFormat.allCases)
  func size(format: DocumentFormat) {
    let bytes = [UInt8](repeating: UInt8(ascii: " "), count: 10_000_000)
    #expect(throws: DocumentError.self) { try format.parse(bytes) }
  }

  @Test("too many values are refused", arguments: DocumentFormat.allCases)
  func count(format: DocumentFormat) {
    let list = "[" + String(repeating: "1,", count: 600_000) + "1]"
    #expect(Self.error(format, format == .toml ? "a = \(list)" : list)?.problem.contains("more than") == true)
  }

  @Test("merged keys give way to own ones, whichever come first")
  func merge() throws {
    let text = """
      base: &base {a: 1, b: 1}
      first: {<<: *base, b: 2}
      last: {b: 2, <<: *base}
      two: {<<: [*base, {c: 3, a: 9}]}
      """
    let document = try DocumentFormat.yaml.parse(Array(text.utf8))
    for name in ["first", "last"] {
      #expect(document[name]?["a"]?.text == "1" && document[name]?["b"]?.text == "2", "\(name)")
      #expect(document[name]?.members?.count == 2)
    }
    #expect(document["two"]?["a"]?.text == "1" && document["two"]?["c"]?.text == "3")
  }

  @Test("a mapping with many keys finds duplicates too")
  func manyKeys() {
    let lines = (0..<100).map { "k\($0): 1" }
    #expect(Self.error(.yaml, lines.joined(separator: "\n")) == nil)
    #expect(Self.error(.yaml, (lines + ["k7: 1"]).joined(separator: "\n"))?.line == 101)
  }

  @Test("TOML's strings, tables and values are read as they are meant")
  func toml() throws {
    let text = """
      a.b."c d" = "x\\u263a\\n" # comment
      raw = 'C:\\n'
      multi = \"\"\"
      one \\
          two\"\"\"\"
      time = 1979-05-27 07:32:00Z
      list = [ 1, # one
        'two', ]
      inline = { a = 1, b.c = "d" }
      [[table]]
      n = 1
      [table.sub]
      m = 2
      [[table]]
      n = 3
      [x.y.z]
      w = 4
      [x]
      v = 5
      """
    let document = try DocumentFormat.toml.parse(Array(text.utf8))
    #expect(document["a"]?["b"]?["c d"]?.text == "x☺\n")
    #expect(document["raw"]?.text == "C:\\n")
    #expect(document["multi"]?.text == "one two\"")
    #expect(document["time"]?.text == "1979-05-27 07:32:00Z")
    #expect(document["list"]?.texts == ["1", "two"])
    #expect(document["inline"]?["b"]?["c"]?.text == "d")
    #expect(document["table"]?.elements?.count == 2)
    #expect(document["table"]?.elements?.first?["sub"]?["m"]?.text == "2")
    #expect(document["x"]?["y"]?["z"]?["w"]?.text == "4" && document["x"]?["v"]?.text == "5")
    #expect(document["x"]?["v"]?.line == 19)
  }

  @Test("JSON's escapes are resolved")
  func json() throws {
    let document = try DocumentFormat.json.parse(
      Array(#"{"a":"\ud83d\ude00\"\\\/\b\f\n\r\t","b":[-1.5e+3,null]}"#.utf8))
    #expect(document["a"]?.text == "😀\"\\/\u{8}\u{c}\n\r\t")
    #expect(document["b"]?.elements?.first?.text == "-1.5e+3")
    #expect(document["b"]?.elements?.last?.isNull == true)
  }
}
