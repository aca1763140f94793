import ResticAudit
import ResticLocks
import Testing
import WallTime

@Suite("Evidence bundles")
struct BundleTests {
  static let signature = Array(
    ("-----BEGIN SSH SIGNATURE-----\n" + String(repeating: "U", count: 70)
      + "\nAA\n-----END SSH SIGNATURE-----\n")
      .utf8)

  private static func bundle() -> EvidenceBundle {
    var past = Past()
    past.lock(0)
    past.lock(5, host: "nas", pid: 9, exclusive: true)
    past.facts.config = Array(repeating: 7, count: 160)
    past.facts.locks.append(
      AuditedLock(
        name: "../../evil name", id: nil, origin: .repository, byteCount: 3, modified: nil, sha256: nil,
        bytes: [1, 2, 3]))
    let analysis = past.analysis
    let report = ReportDocument(analysis, toolVersion: "0").json.text
    return EvidenceBundle(
      analysis, reports: [("report.json", Array(report.utf8)), ("summary.md", Array("# Summary\n".utf8))],
      toolVersion: "0", command: "reslock audit")
  }

  static let archive = bundle().archive(signature: signature)
  static let whole = BundleVerification(archive)
  static let fileNames = whole.files.map(\.name)

  @Test("a bundle is whole, and the same evidence gives the same bytes")
  func deterministic() {
    #expect(Self.whole.problems.isEmpty, "\(Self.whole.problems)")
    #expect(Self.bundle().archive(signature: Self.signature) == Self.archive)
    #expect(Self.fileNames.prefix(3) == ["manifest.json", "SHA256SUMS", "SHA256SUMS.sig"])
    #expect(Self.fileNames.allSatisfy { !$0.contains("..") && !$0.hasPrefix("/") && $0.utf8.count < 100 })
  }

  @Test("any flipped bit is found, and the file that it is in is named", arguments: fileNames)
  func flippedBits(name: String) throws {
    var start = 0
    for file in Self.whole.files {
      let size = 512 + (file.content.count + 511) / 512 * 512
      defer { start += size }
      guard file.name == name else { continue }
      // Bytes of header, padding and content, of long contents the ends above all.
      let content = start + 512..<start + 512 + file.content.count
      for offset in start..<start + size {
        // Only ssh-keygen can tell one sound signature from another.
        if name == "SHA256SUMS.sig", content.contains(offset) { continue }
        let isInner =
          content.contains(offset) && offset > content.lowerBound + 128 && offset < content.upperBound - 128
        if isInner, offset % 13 != 0 { continue }
        let isPadding = offset >= content.upperBound
        if isPadding, offset % 5 != 0 { continue }
        if offset < content.lowerBound, offset % 3 != 0 { continue }
        var changed = Self.archive
        changed[offset] ^= 1 << UInt8(offset % 8)
        let found = BundleVerification(changed).problems
        #expect(found.contains { $0.file == name }, "offset \(offset - start) in \(name): \(found)")
      }
    }
  }

  @Test("what ends the archive is checked too", arguments: [0, 1, 511, 512, 1023])
  func end(offset: Int) {
    var changed = Self.archive
    changed[changed.count - 1024 + offset] ^= 4
    #expect(
      BundleVerification(changed).problems.contains {
        $0.file == "archive" || $0.file.hasPrefix("what follows")
      })
  }

  @Test("a cut at any place is found", arguments: [0, 1, 511, 512, 700, 2000, 5000])
  func cut(length: Int) {
    #expect(!BundleVerification(Array(Self.archive.prefix(length))).problems.isEmpty)
    #expect(!BundleVerification(Array(Self.archive.dropLast(length + 1))).problems.isEmpty)
    #expect(!BundleVerification(Self.archive + [UInt8](repeating: 0, count: length + 1)).problems.isEmpty)
  }

  @Test("arbitrary bytes are no bundle, and no trap", arguments: 0..<64)
  func arbitrary(seed: Int) {
    var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
    var bytes = Self.archive
    for _ in 0..<200 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      bytes[Int(state >> 33) % bytes.count] = UInt8(truncatingIfNeeded: state >> 56)
    }
    #expect(!BundleVerification(bytes).problems.isEmpty)
  }

  @Test("a comparison tells what appeared, was refreshed, vanished and changed")
  func comparison() throws {
    var past = Past()
    let stays = past.lock(0, host: "stays")
    let old = past.lock(1, host: "refreshes", pid: 77)
    let gone = past.lock(2, host: "goes")
    let report = ReportDocument(past.analysis, toolVersion: "0").json.text
    let earlier = try #require(ComparedLook(report: try JSONValue.parse(Array(report.utf8))))
    past.facts.locks.removeAll { $0.name == old || $0.name == gone }
    let new = past.lock(6, host: "refreshes", pid: 77)
    let appeared = past.lock(7, host: "comes")
    let comparison = BundleComparison(earlier, ComparedLook(past.facts))
    func names(_ change: BundleComparison.Change) -> [String] {
      comparison.items.filter { $0.change == change }.map(\.name)
    }
    #expect(names(.unchanged) == [stays] && names(.refreshed) == [old] && names(.vanished) == [gone])
    #expect(names(.appeared) == [appeared])
    #expect(comparison.items.first { $0.change == .refreshed }?.newer == new)
  }
}
