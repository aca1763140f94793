internal import ResticCrypto
internal import ResticFormat
package import ResticLocks
internal import WallTime

/// What checking a bundle byte for byte found.
package struct BundleVerification: Sendable {
  package struct Problem: Sendable, Hashable {
    /// The file in the bundle that is not as it was; `archive` for what lies behind the last one.
    package let file: String
    package let problem: String
  }

  package internal(set) var problems: [Problem] = []
  package internal(set) var files: [(name: String, content: [UInt8])] = []
  package internal(set) var manifest: JSONValue?
  /// What the signature is of.
  package internal(set) var sums: [UInt8] = []
  package internal(set) var signature: [UInt8]?
  package internal(set) var sealedLocks: LockCheck?
  private let isCutShort: Bool

  /// How the locks in it stood the test of the repository's key.
  package struct LockCheck: Sendable {
    package var sound = 0
    package var unsound: [String] = []
  }

  package var isWhole: Bool { problems.isEmpty }
  package func content(_ name: String) -> [UInt8]? { files.first { $0.name == name }?.content }

  /// Reads a bundle and compares each byte with what the sums, the manifest and the format demand.
  package init(_ archive: [UInt8]) {
    var walk = ArchiveWalk(archive)
    walk.run()
    problems = walk.problems
    files = walk.files
    isCutShort = walk.isCutShort
    sums = content(EvidenceBundle.sumsName) ?? []
    signature = content(EvidenceBundle.signatureName)
    checkSums()
    if let signature { checkArmour(signature) }
  }

  private mutating func add(_ file: String, _ problem: String) {
    let found = Problem(file: file, problem: problem)
    if !problems.contains(found) { problems.append(found) }
  }

  private mutating func checkSums() {
    guard let manifestBytes = content(EvidenceBundle.manifestName) else {
      return add(
        EvidenceBundle.manifestName, "it is missing: this is no evidence bundle, or its beginning is damaged")
    }
    manifest = try? JSONValue.parse(manifestBytes)
    let promised = SumLines(sums)
    let inManifest = Dictionary(
      (manifest?["files"]?.arrayValue ?? []).compactMap { file -> (String, String)? in
        guard let name = file["name"]?.stringValue, let sum = file["sha256"]?.stringValue else { return nil }
        return (name, sum)
      }
    ) { first, _ in first }
    var wanted = promised.sums
    if !promised.isClosed {
      add(EvidenceBundle.sumsName, "its last line is not the sum of the lines above")
      // The manifest, which can't be checked itself then, has the same sums.
      wanted = inManifest
    }
    let actual = Dictionary(files.map { ($0.name, SHA256.hex($0.content)) }) { first, _ in first }
    for name in actual.keys.sorted() where name != EvidenceBundle.sumsName {
      guard name != EvidenceBundle.signatureName, name != EvidenceBundle.manifestName || promised.isClosed
      else { continue }
      guard let sum = wanted[name] else {
        add(name, "nothing lists it: it was put in")
        continue
      }
      if sum != actual[name] { add(name, "its SHA-256 is not the one it was collected with") }
    }
    // One damaged header hides all that follows, which is no more than one change.
    guard !isCutShort else { return }
    for name in wanted.keys.sorted() where actual[name] == nil { add(name, "it is missing") }
    if promised.isClosed, wanted[EvidenceBundle.manifestName] == actual[EvidenceBundle.manifestName],
      inManifest != wanted.filter({ $0.key != EvidenceBundle.manifestName })
    {
      add(EvidenceBundle.manifestName, "it lists other files than \(EvidenceBundle.sumsName)")
    }
  }

  /// An armour with other line breaks or spare bits would still verify, and not be the bytes that were written.
  private mutating func checkArmour(_ signature: [UInt8]) {
    let lines = String(decoding: signature, as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false)
    guard lines.count >= 4, lines.first == "-----BEGIN SSH SIGNATURE-----",
      lines[lines.count - 2] == "-----END SSH SIGNATURE-----", lines.last?.isEmpty == true
    else { return add(EvidenceBundle.signatureName, "it is not a signature as ssh-keygen writes them") }
    let body = lines[1..<(lines.count - 2)]
    let text = body.joined()
    guard let bytes = Base64.bytes(text), Base64.text(bytes) == text,
      body.dropLast().allSatisfy({ $0.utf8.count == body.first?.utf8.count })
    else { return add(EvidenceBundle.signatureName, "its text was changed") }
  }

  /// Compares each lock with its own name and, with the key, its authentication code with what the report says of it.
  package mutating func checkLocks(_ opened: OpenedRepository?) {
    let claims = LockClaims(
      report: content(EvidenceBundle.reportName).flatMap { try? JSONValue.parse($0) })
    var check = LockCheck()
    for file in files {
      guard let name = MemberName(file.name), let id = ObjectID(hex: name.stem) else { continue }
      let claim = claims.claim(name, file.content)
      if claim == .stray { continue }
      if !id.isHash(of: file.content), claim == nil || claim == .sound {
        add(file.name, "its name is not the SHA-256 of its bytes, and the report does not say so")
      }
      guard let opened else { continue }
      let decoder = LockFileDecoder(key: opened.key, repositoryVersion: opened.config.version)
      let content = decoder.decode(file.content, name: id)
      if content.record != nil { check.sound += 1 } else { check.unsound.append(id.hex) }
      if content.record == nil, claim == nil || claim == .sound {
        add(file.name, "no holder of the key sealed these bytes, and the report calls the lock sound")
      }
    }
    if opened != nil { sealedLocks = check }
  }
}

/// The lines of `SHA256SUMS`.
private struct SumLines {
  private(set) var sums: [String: String] = [:]
  /// The last line is the sum of those above.
  let isClosed: Bool

  init(_ bytes: [UInt8]) {
    let body = bytes.dropLast()
    let start = body.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    let lines = Array(bytes[..<start])
    isClosed = bytes[start...].elementsEqual(EvidenceBundle.closingLine(of: lines).utf8)
    for line in lines.split(separator: UInt8(ascii: "\n")) {
      let sum = String(decoding: line.prefix(64), as: UTF8.self)
      guard line.count > 66, line.dropFirst(64).prefix(2).elementsEqual("  ".utf8), ObjectID(hex: sum) != nil
      else { continue }
      sums[String(decoding: line.dropFirst(66), as: UTF8.self)] = sum
    }
  }
}

/// Walks over an archive, going on behind damage as far as the manifest tells what comes next.
private struct ArchiveWalk {
  let archive: [UInt8]
  private(set) var files: [(name: String, content: [UInt8])] = []
  private(set) var problems: [BundleVerification.Problem] = []
  /// What comes behind some damage was not read.
  private(set) var isCutShort = false
  private var offset = 0
  /// What the manifest says comes behind the files at the beginning.
  private var expected: [(name: String, byteCount: Int)]?
  private var next = 0
  private static let fileLimit = 1_000_000

  init(_ archive: [UInt8]) { self.archive = archive }

  private mutating func add(_ file: String, _ problem: String) {
    problems.append(BundleVerification.Problem(file: file, problem: problem))
  }

  mutating func run() {
    var names: Set<String> = []
    while offset + TarArchive.blockByteCount <= archive.count, files.count < Self.fileLimit {
      let block = archive[offset..<(offset + TarArchive.blockByteCount)]
      if isEnd(block) { break }
      guard let (name, byteCount) = member(block) else {
        isCutShort = true
        return add(position(block), "its header in the archive can't be read")
      }
      offset += TarArchive.blockByteCount
      let padding = TarArchive.padding(byteCount)
      guard byteCount <= archive.count - offset, padding <= archive.count - offset - byteCount else {
        isCutShort = true
        return add(name, "it is cut off")
      }
      let content = Array(archive[offset..<(offset + byteCount)])
      let rest = archive[(offset + byteCount)..<(offset + byteCount + padding)]
      if rest.contains(where: { $0 != 0 }) { add(name, "the bytes that fill up its last block were changed") }
      offset += byteCount + padding
      if !names.insert(name).inserted { add(name, "it is there twice") }
      files.append((name, content))
      if name == EvidenceBundle.manifestName { readManifest(content) }
    }
    let end = archive[min(offset, archive.count)...]
    if end.count != TarArchive.end.count || end.contains(where: { $0 != 0 }) {
      add("archive", "what ends the archive was changed, cut off or added to")
    }
  }

  private func isEnd(_ block: ArraySlice<UInt8>) -> Bool {
    if let expected, next < expected.count { return false }
    return !block.contains { $0 != 0 } || (expected != nil && archive.count - offset <= TarArchive.end.count)
  }

  /// Name and size of the member whose header this is, as the manifest has them where it tells.
  private mutating func member(_ block: ArraySlice<UInt8>) -> (name: String, byteCount: Int)? {
    let read = TarArchive.read(header: block)
    if let read, TarArchive.header(name: read.name, byteCount: read.byteCount).elementsEqual(block) {
      // In step with the manifest even where a name in that was changed.
      if files.count >= 2, read.name != EvidenceBundle.signatureName { next += 1 }
      return read
    }
    guard let promised = promised(block, read) else { return nil }
    add(promised.name, "its header in the archive was changed")
    return promised
  }

  private mutating func promised(
    _ block: ArraySlice<UInt8>, _ read: (name: String, byteCount: Int)?
  ) -> (name: String, byteCount: Int)? {
    guard files.count > 2 || !isFront(block), let expected, next < expected.count else {
      return read.map { (position(block), $0.byteCount) }
    }
    next += 1
    return expected[next - 1]
  }

  /// Whether this header is one of the first three, which stand in front of what the manifest lists.
  ///
  /// A signature is not listed: it is there where the first listed file is not.
  private func isFront(_ block: ArraySlice<UInt8>) -> Bool {
    guard files.count == 2, let first = expected?.first else { return files.count < 2 }
    return Self.distance(block, TarArchive.header(name: first.name, byteCount: first.byteCount)) > 8
  }

  /// The name of the member that has to stand here.
  private func position(_ block: ArraySlice<UInt8>) -> String {
    if isFront(block) {
      let names = [EvidenceBundle.manifestName, EvidenceBundle.sumsName, EvidenceBundle.signatureName]
      return names[min(files.count, 2)]
    }
    if let expected, next < expected.count { return expected[next].name }
    return files.last.map { "what follows \($0.name)" } ?? EvidenceBundle.manifestName
  }

  /// In how many bytes two blocks differ.
  private static func distance(_ left: ArraySlice<UInt8>, _ right: [UInt8]) -> Int {
    zip(left, right).count { $0 != $1 }
  }

  private mutating func readManifest(_ content: [UInt8]) {
    guard let value = try? JSONValue.parse(content), let files = value["files"]?.arrayValue else { return }
    expected = files.compactMap { file in
      guard let name = file["name"]?.stringValue, let size = file["size"]?.integerValue, size >= 0 else {
        return nil
      }
      return (name, Int(clamping: size))
    }
  }
}
