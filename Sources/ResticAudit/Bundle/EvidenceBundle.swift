internal import ResticCrypto
internal import ResticFormat
internal import ResticLocks
internal import WallTime

/// The evidence in one archive: what was read, what was concluded, and the sums of it all.
///
/// The archive begins with `manifest.json` and `SHA256SUMS`, which `sha256sum -c` understands and a signature is of. The
/// same evidence gives the same bytes.
package struct EvidenceBundle: Sendable {
  static let manifestName = "manifest.json"
  static let sumsName = "SHA256SUMS"
  static let signatureName = "SHA256SUMS.sig"
  static let reportName = "report.json"

  private let members: [TarArchive.Member]
  private let manifest: [UInt8]
  /// What is signed: a line for each file.
  package let sums: [UInt8]

  /// - Parameters:
  ///   - analysis: what was found.
  ///   - reports: the report's files by name.
  ///   - toolVersion: of reslock.
  ///   - command: the command line, secrets hidden.
  package init(
    _ analysis: AuditAnalysis, reports: [(name: String, bytes: [UInt8])], toolVersion: String, command: String
  ) {
    let facts = analysis.facts
    var files: [String: [UInt8]] = [:]
    for report in reports { files[report.name] = report.bytes }
    if let config = facts.config { files["config"] = config }
    // A version and a file that was removed twice can have other bytes under the same name, and none may hide another.
    var sumsByName: [MemberName: Set<String>] = [:]
    for lock in facts.locks {
      guard let bytes = lock.bytes else { continue }
      var name = MemberName(of: lock)
      guard sumsByName[name, default: []].insert(SHA256.hex(bytes)).inserted else { continue }
      name.number = sumsByName[name]?.count ?? 1
      files[name.text] = bytes
    }
    for key in facts.keys { if let bytes = key.bytes { files["keys/\(key.id)"] = bytes } }
    members = files.sorted { $0.key < $1.key }.map { TarArchive.Member(name: $0.key, content: $0.value) }
    let sumOf = members.map { SHA256.hex($0.content) }
    let value = JSONValue.object([
      ("message_type", .string("audit_manifest")), ("schema_version", .integer(1)),
      ("tool", .string("reslock")), ("tool_version", .string(toolVersion)), ("command", .string(command)),
      ("time", .string(facts.clocks.now.rfc3339)), ("auditor", .string(facts.auditor)),
      ("repository_id", .optional(facts.repositoryID)), ("config_sha256", .optional(facts.configSHA256)),
      ("location", .string(facts.location)),
      (
        "clocks",
        .object([
          ("now", .string(facts.clocks.now.rfc3339)), ("sound", .bool(facts.clocks.isSound)),
          ("reason", .string(facts.clocks.soundness)),
          ("uncertainty_seconds", .optional(facts.clocks.uncertaintySeconds)),
          ("storage_offset_seconds", .optional(facts.clocks.storageOffsetSeconds)),
        ])
      ),
      (
        "files",
        .array(
          zip(members, sumOf).map { member, sum in
            .object([
              ("name", .string(member.name)), ("size", .integer(Int64(member.content.count))),
              ("sha256", .string(sum)),
            ])
          })
      ),
    ])
    manifest = Array((value.text + "\n").utf8)
    var lines = "\(SHA256.hex(manifest))  \(Self.manifestName)\n"
    for (member, sum) in zip(members, sumOf) { lines += "\(sum)  \(member.name)\n" }
    sums = Array((lines + Self.closingLine(of: Array(lines.utf8))).utf8)
  }

  /// The archive, with a signature of ``sums`` where there is one.
  package func archive(signature: [UInt8]?) -> [UInt8] {
    var archive: [UInt8] = []
    archive.reserveCapacity(members.reduce(1 << 16) { $0 + $1.content.count + 1024 })
    TarArchive.append(TarArchive.Member(name: Self.manifestName, content: manifest), to: &archive)
    TarArchive.append(TarArchive.Member(name: Self.sumsName, content: sums), to: &archive)
    if let signature {
      TarArchive.append(TarArchive.Member(name: Self.signatureName, content: signature), to: &archive)
    }
    for member in members { TarArchive.append(member, to: &archive) }
    archive += TarArchive.end
    return archive
  }

  /// What ends the sums: a comment to `sha256sum`, by which a change to them is told from one to a file.
  static func closingLine(of lines: [UInt8]) -> String { "# these lines: \(SHA256.hex(lines))\n" }
}
