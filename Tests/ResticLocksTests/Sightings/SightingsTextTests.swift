import ResticCrypto
import ResticFormat
import ResticLocks
import TestSupport
import Testing

@Suite("A record of sightings") struct SightingsTextTests {
  static let sample: Sightings = {
    var looks = Looks()
    looks.look(at: 100.25, [Made.lockFile("a"), Made.lockFile("c", record: nil)])
    // Of the first lineage more is known than the entries tell.
    looks.look(at: 130.5, [Made.lockFile("b"), Made.lockFile("c", record: nil), stray("spaced name\n# 1%")])
    return looks.sightings ?? Sightings(bootID: "", listedAtSeconds: 0)
  }()

  static func stray(_ name: String) -> LockFile {
    LockFile(name: name, id: nil, byteCount: 1, modified: Made.now, contentMark: "1:7.5")
  }

  @Test("is read as it was written")
  func roundTrip() {
    #expect(Sightings(text: Self.sample.text) == Self.sample)
    #expect(Self.sample.entries.count == 3 && Self.sample.lineages.count == 1)
    let empty = Sightings(bootID: "b", listedAtSeconds: 0.1 + 0.2)
    #expect(Sightings(text: empty.text) == empty)
  }

  @Test("is read as it was written before it told of lineages, and then knows what its entries tell")
  func withoutLineages() {
    let body =
      "reslock sightings 1\nboot-1 100.0\n\(Made.id("a").hex) 100.0 - - \(Self.mark(Made.lockFile("a")))\n"
    let sum = SHA256.hex(Array(body.utf8)).prefix(16)
    let read = Sightings(text: "\(body)sum \(sum)\n")
    #expect(read?.text == "\(body)sum \(sum)\n")
    let after = Sightings.after(
      read, listing: [Made.lockFile("b")], bootID: "boot-1", askedAtSeconds: 700, answeredAtSeconds: 700)
    #expect(after.lineageSeenSecondsAgo(Made.lockFile("b"), nowSeconds: 700) == 600)
  }

  private static func mark(_ file: LockFile) -> String {
    var looks = Looks()
    looks.look(at: 100, [file])
    return looks.sightings?.entries.values.first?.lineageMark ?? ""
  }

  static let hostileNames = [
    "", " ", "a b", "a\nb", "a\r\nb", "a#b", "%41", "a\u{0}b", "é", "e\u{301}", "\u{2028}", "-",
    "../../config", "a\tb",
    String(repeating: "x", count: 10_000), "\u{85}", "\u{FFFD}",
  ]

  @Test("holds any name", arguments: hostileNames)
  func hostileName(name: String) {
    var looks = Looks()
    looks.look(at: 100, [Self.stray(name)])
    let read = looks.sightings.flatMap { Sightings(text: $0.text) }
    #expect(read != nil && read == looks.sightings)
    #expect(read?.observedSilence(of: Self.stray(name), nowSeconds: 160)?.atLeastSeconds == 60)
  }

  @Test("tells hostile names apart")
  func distinctNames() {
    let keys = Set(Self.hostileNames.map { Array(Self.stray($0).sightingKey.utf8) })
    #expect(keys.count == Self.hostileNames.count)
  }

  @Test("is refused when it is cut anywhere")
  func truncated() {
    let text = Array(Self.sample.text.utf8)
    for length in 0..<text.count {
      #expect(Sightings(text: String(decoding: text[..<length], as: UTF8.self)) == nil, "\(length) bytes")
    }
  }

  @Test("is refused when a bit of it is flipped, as a wrong digit would prove a silence that never was")
  func flippedBits() {
    let text = Array(Self.sample.text.utf8)
    for index in text.indices {
      for bit in 0..<8 {
        var damaged = text
        damaged[index] ^= 1 << bit
        guard let string = String(validating: damaged, as: UTF8.self) else { continue }
        #expect(Sightings(text: string) == nil, "bit \(bit) of byte \(index)")
      }
    }
  }

  @Test("is refused when a line is missing, doubled or swapped")
  func lines() {
    let lines = Self.sample.text.split(separator: "\n", omittingEmptySubsequences: false)
    for index in lines.indices.dropLast() {
      var missing = lines
      missing.remove(at: index)
      #expect(Sightings(text: missing.joined(separator: "\n")) == nil)
      var doubled = lines
      doubled.insert(lines[index], at: index)
      #expect(Sightings(text: doubled.joined(separator: "\n")) == nil)
      guard index > 0 else { continue }
      var swapped = lines
      swapped.swapAt(index, index - 1)
      #expect(Sightings(text: swapped.joined(separator: "\n")) == nil)
    }
  }

  @Test("never traps on text that somebody made up", arguments: 1...20)
  func madeUp(seed: UInt64) {
    let random = TestRandom(seed: seed)
    let tokens = [
      "reslock", "sightings", "1", " ", "\n", "-", "nan", "inf", "-1", "1e308", "0x1p3", "b",
      "99999999999999999999", "é",
    ]
    for _ in 0..<200 {
      let tail = (0..<(random.next() % 12)).map { _ in tokens[Int(random.next() % UInt64(tokens.count))] }
        .joined(separator: random.next() % 2 == 0 ? " " : "")
      for head in ["", "reslock sightings 1\n", "reslock sightings 1\nb 1.0\n"] {
        let body = head + tail + "\n"
        let sum = SHA256.hex(Array(body.utf8)).prefix(16)
        guard let sightings = Sightings(text: "\(body)sum \(sum)\n") else { continue }
        let after = Sightings.after(
          sightings, listing: [Made.lockFile()], bootID: "b", askedAtSeconds: 5, answeredAtSeconds: 6)
        _ = after.observedSilence(of: Made.lockFile(), nowSeconds: 7)
      }
    }
  }
}
