internal import ResticAudit
internal import ResticLocks

/// Bundles that commands read.
enum AuditBundles {
  /// The look in a bundle that is whole.
  static func look(at path: String) throws -> ComparedLook {
    let verification = BundleVerification(try AuditFileError.read(path))
    if let problem = verification.problems.first {
      throw AuditFileError(
        action: "compare with \(path)",
        reason: "\(problem.file): \(problem.problem) (see reslock audit verify)")
    }
    guard let report = verification.content("report.json").flatMap({ try? JSONValue.parse($0) }),
      let look = ComparedLook(report: report)
    else { throw AuditFileError(action: "compare with \(path)", reason: "it has no report") }
    return look
  }
}

/// What a verification came to, for people and programs.
struct VerificationAnswer {
  let path: String
  let verification: BundleVerification
  let signature: SignatureCheck
  /// Why the locks' authentication codes were not looked at.
  let lockRemark: String?

  var isGood: Bool { verification.isWhole && !signature.isBad }

  var lines: [String] {
    let name = TerminalText.escaped(path)
    var lines = verification.problems.map {
      "\(TerminalText.escaped($0.file)): \(TerminalText.escaped($0.problem))"
    }
    lines += signature.lines
    if let check = verification.sealedLocks {
      lines.append(
        "authentication codes: \(check.sound) of \(check.sound + check.unsound.count) locks are sealed with the repository's key"
          + (check.unsound.isEmpty ? "" : "; the others are told in the report"))
    } else if let lockRemark {
      lines.append("authentication codes: not checked: \(lockRemark)")
    }
    if let manifest = verification.manifest {
      let command = manifest["command"]?.stringValue ?? ""
      lines.append(
        "made \(TerminalText.escaped(manifest["time"]?.stringValue ?? "?")) by \(TerminalText.escaped(manifest["auditor"]?.stringValue ?? "?")): \(TerminalText.short(command, characterLimit: 400))"
      )
    }
    lines.append(
      isGood
        ? "\(name) is whole: \(verification.files.count) files, each byte as it was written"
        : "\(name) is not as it was written")
    return lines
  }

  var json: JSONValue {
    .object([
      ("message_type", .string("audit_verification")), ("schema_version", .integer(1)),
      ("path", .string(path)), ("whole", .bool(verification.isWhole)),
      ("file_count", .integer(Int64(verification.files.count))),
      (
        "problems",
        .array(
          verification.problems.map {
            .object([("file", .string($0.file)), ("problem", .string($0.problem))])
          })
      ),
      ("signature", signature.json),
      (
        "authentication",
        verification.sealedLocks.map { check in
          .object([
            ("sound_count", .integer(Int64(check.sound))), ("unsound_ids", .strings(check.unsound)),
          ])
        } ?? .null
      ),
      ("time", .optional(verification.manifest?["time"]?.stringValue)),
      ("auditor", .optional(verification.manifest?["auditor"]?.stringValue)),
      ("command", .optional(verification.manifest?["command"]?.stringValue)),
      ("tool_version", .optional(verification.manifest?["tool_version"]?.stringValue)),
    ])
  }
}
