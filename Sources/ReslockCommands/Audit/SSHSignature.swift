internal import ResticAudit
internal import ResticInputs
internal import ResticLocks

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Signs with a key that ssh knows (ssh-keygen(1), `-Y sign`): its agent, its passphrase, its hardware.
struct SSHSignature {
  /// What the signature is for, so that it can't be taken for one of something else.
  static let namespace = "reslock-audit"

  private let program: String
  private let key: String

  init(_ environment: Environment, key: String) throws {
    program = try SSHKeygen.find(environment)
    self.key = key
    guard access(key, R_OK) == 0 else { throw AuditFileError(action: "read the key \(key)") }
  }

  /// The signature of these bytes, in ssh's armour.
  func sign(_ bytes: [UInt8], in folder: AuditFolder) throws -> [UInt8] {
    let name = ".SHA256SUMS"
    try folder.write(name, bytes)
    defer {
      folder.remove(name)
      folder.remove(name + ".sig")
    }
    let result = try SSHKeygen.run(
      program, ["-q", "-Y", "sign", "-f", key, "-n", Self.namespace, "\(folder.path)/\(name)"], input: nil)
    guard result.status == 0 else {
      throw AuditFileError(
        action: "sign the evidence with \(key)", reason: "ssh-keygen ended with exit status \(result.status)")
    }
    return try AuditFileError.read("\(folder.path)/\(name).sig", byteLimit: 1 << 16)
  }
}

/// What ssh-keygen says of a bundle's signature.
enum SignatureCheck {
  case none
  /// It is good; by this signer, where a list of them was given.
  case good(key: String, signer: String?)
  case bad(String)

  var isBad: Bool { if case .bad = self { true } else { false } }

  static func check(
    _ verification: BundleVerification, _ environment: Environment, allowedSigners: String?
  ) throws -> SignatureCheck {
    guard let signature = verification.signature else {
      return allowedSigners == nil ? .none : .bad("the bundle is not signed")
    }
    let program = try SSHKeygen.find(environment)
    let folder = try TemporaryAuditFolder()
    defer { folder.remove() }
    try folder.folder.write("sums", verification.sums)
    try folder.folder.write("sig", signature)
    let (sums, file) = ("\(folder.path)/sums", "\(folder.path)/sig")
    let plain = try SSHKeygen.run(
      program, ["-Y", "check-novalidate", "-n", SSHSignature.namespace, "-s", file], input: sums)
    guard plain.status == 0 else { return .bad("the signature does not fit SHA256SUMS") }
    let key = plain.output.split(separator: " ").last { $0.hasPrefix("SHA256:") }.map(String.init) ?? ""
    guard let allowedSigners else { return .good(key: key.trimmed, signer: nil) }
    let principals = try SSHKeygen.run(
      program, ["-Y", "find-principals", "-f", allowedSigners, "-s", file], input: nil)
    guard principals.status == 0,
      let signer = principals.output.split(separator: "\n").first.map(String.init)
    else { return .bad("the key \(key.trimmed) is none of the allowed signers'") }
    let verified = try SSHKeygen.run(
      program,
      ["-Y", "verify", "-f", allowedSigners, "-I", signer, "-n", SSHSignature.namespace, "-s", file],
      input: sums)
    return verified.status == 0
      ? .good(key: key.trimmed, signer: signer) : .bad("the signature is not one that \(signer) may give")
  }

  var lines: [String] {
    switch self {
    case .none: ["signature: none"]
    case .good(let key, let signer):
      [
        "signature: good, by \(signer.map { TerminalText.escaped($0) + ", " } ?? "")key \(TerminalText.escaped(key))"
          + (signer == nil ? "; --allowed-signers checks whose key that is" : "")
      ]
    case .bad(let reason): ["SHA256SUMS.sig: \(TerminalText.escaped(reason))"]
    }
  }

  var json: JSONValue {
    switch self {
    case .none: .null
    case .good(let key, let signer):
      .object([
        ("good", .bool(true)), ("key", .string(key)), ("signer", .optional(signer)), ("reason", .null),
      ])
    case .bad(let reason):
      .object([("good", .bool(false)), ("key", .null), ("signer", .null), ("reason", .string(reason))])
    }
  }
}

extension String {
  fileprivate var trimmed: String { String(prefix { !$0.isWhitespace }) }
}

/// A folder of our own that goes with the command.
private struct TemporaryAuditFolder {
  let path: String
  let folder: AuditFolder

  init() throws {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(parent)/reslock-audit-XXXXXX".utf8CString)
    let made = template.withUnsafeMutableBufferPointer { buffer in
      buffer.baseAddress.map { mkdtemp($0) != nil } ?? false
    }
    guard made else {
      throw AuditFileError(action: "make a temporary folder in \(parent)")
    }
    path = String(decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    folder = try AuditFolder(path: path)
  }

  func remove() {
    folder.remove("sums")
    folder.remove("sig")
    rmdir(path)
  }
}
