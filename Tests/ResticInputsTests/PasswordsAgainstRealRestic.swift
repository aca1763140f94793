import Foundation
import ResticCrypto
import ResticInputs
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// One way to give a password, to restic and to us.
struct PasswordCase: Sendable, CustomTestStringConvertible {
  let name: String
  var variables: [String: String] = [:]
  /// Bytes for files, whose names stand as `@name` in arguments and variables.
  var files: [String: [UInt8]] = [:]
  var passwordFile: String?
  var passwordCommand: String?
  var isInsecureNoPassword = false
  var standardInput = ""

  var testDescription: String { name }

  static let p = TestEnvironment.fixturePassword

  static let all: [PasswordCase] = [
    .init(name: "variable", variables: ["RESTIC_PASSWORD": p]),
    .init(name: "variable is not trimmed", variables: ["RESTIC_PASSWORD": " \(p)\n"]),
    .init(name: "file is trimmed", files: ["pw": Array(" \(p)\u{a0}\r\n".utf8)], passwordFile: "@pw"),
    .init(
      name: "file before variable", variables: ["RESTIC_PASSWORD": "other"], files: ["pw": Array(p.utf8)],
      passwordFile: "@pw"),
    .init(
      name: "file variable before variable",
      variables: ["RESTIC_PASSWORD": "other", "RESTIC_PASSWORD_FILE": "@pw"], files: ["pw": Array(p.utf8)]),
    .init(
      name: "file flag before file variable", variables: ["RESTIC_PASSWORD_FILE": "/nonexistent"],
      files: ["pw": Array(p.utf8)], passwordFile: "@pw"),
    .init(
      name: "empty file flag hides the variable",
      variables: ["RESTIC_PASSWORD_FILE": "/nonexistent", "RESTIC_PASSWORD": "other"], passwordFile: ""),
    .init(name: "command is trimmed", passwordCommand: "echo ' \(p) '"),
    .init(
      name: "command before variable",
      variables: ["RESTIC_PASSWORD": "other", "RESTIC_PASSWORD_COMMAND": "echo '\(p)'"]),
    .init(
      name: "file and command", variables: ["RESTIC_PASSWORD_FILE": "@pw"], files: ["pw": Array(p.utf8)],
      passwordCommand: "echo x"),
    .init(
      name: "empty command flag", variables: ["RESTIC_PASSWORD_FILE": "@pw"], files: ["pw": Array(p.utf8)],
      passwordCommand: ""),
    .init(name: "blank command", passwordCommand: " ", standardInput: p),
    .init(name: "failing command", passwordCommand: "false", standardInput: p),
    .init(
      name: "failing command with output", passwordCommand: "sh -c 'echo \(p); exit 1'", standardInput: p),
    .init(name: "missing command", passwordCommand: "no-such-program", standardInput: p),
    .init(name: "command has no input", passwordCommand: "cat", standardInput: p),
    .init(name: "missing file", passwordFile: "/nonexistent", standardInput: p),
    .init(name: "folder", passwordFile: "/", standardInput: p),
    .init(
      name: "empty file falls through to standard input, past the variable",
      variables: ["RESTIC_PASSWORD": "other"], files: ["pw": [0x20, 0x0a]], passwordFile: "@pw",
      standardInput: "\(p)\n"),
    .init(name: "empty variable", variables: ["RESTIC_PASSWORD": ""], standardInput: "\(p)\r\nrest"),
    .init(name: "standard input is not trimmed", standardInput: " \(p)\n"),
    .init(name: "empty standard input"),
    .init(name: "empty line", standardInput: "\n\(p)"),
    .init(name: "long line", standardInput: String(repeating: "x", count: 65_536)),
    .init(name: "UTF-8 mark", files: ["pw": [0xef, 0xbb, 0xbf] + Array(p.utf8)], passwordFile: "@pw"),
    .init(name: "UTF-16LE", files: ["pw": [0xff, 0xfe] + utf16(p + "\n")], passwordFile: "@pw"),
    .init(
      name: "UTF-16BE, odd", files: ["pw": [0xfe, 0xff, 0x00, 0x61, 0xd8, 0x00, 0x62]], passwordFile: "@pw"),
    .init(name: "bytes that are not UTF-8", files: ["pw": [0x61, 0xff, 0x85]], passwordFile: "@pw"),
  ]

  /// Since restic 0.17.
  static let insecure: [PasswordCase] = [
    .init(name: "insecure", isInsecureNoPassword: true, standardInput: p),
    .init(name: "insecure, variable", variables: ["RESTIC_PASSWORD": p], isInsecureNoPassword: true),
    .init(name: "insecure, empty variable", variables: ["RESTIC_PASSWORD": ""], isInsecureNoPassword: true),
    .init(
      name: "insecure, file", files: ["pw": Array(p.utf8)], passwordFile: "@pw", isInsecureNoPassword: true),
    .init(name: "insecure, empty file", files: ["pw": []], passwordFile: "@pw", isInsecureNoPassword: true),
    .init(name: "insecure, command", passwordCommand: "echo x", isInsecureNoPassword: true),
  ]

  private static func utf16(_ text: String) -> [UInt8] {
    text.utf16.flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] }
  }
}

@Suite struct PasswordsAgainstRealRestic {
  /// The key that was opened, by the name of its user, which tells the password; `nil` for a refusal before any try.
  private enum Outcome: Equatable { case opened(String), wrongPassword, refused }

  /// Every password that a case may end with, by the name under which the repository has a key for it.
  private static let passwords: [(user: String, bytes: [UInt8])] = [
    ("plain", Array(PasswordCase.p.utf8)), ("spaced", Array(" \(PasswordCase.p)\n".utf8)),
    ("leading", Array(" \(PasswordCase.p)".utf8)), ("other", Array("other".utf8)),
    ("odd", Array("a\u{fffd}\u{fffd}".utf8)), ("binary", [0x61, 0xff, 0x85]), ("empty", []),
  ]

  @Test("restic and we end with the same password, or both with none", arguments: ResticBinary.all)
  func agree(_ restic: ResticBinary) async throws {
    let folder = try TemporaryFolder("precedence")
    let forge = try RepositoryForge(at: folder.url.appendingPathComponent("repo"), password: nil)
    for (user, bytes) in Self.passwords where user != "binary" && user != "empty" {
      try forge.addKey(password: String(decoding: bytes, as: UTF8.self), username: user)
    }
    let cases =
      PasswordCase.all + (restic.version < ResticBinaryVersion(0, 17, 0) ? [] : PasswordCase.insecure)
    for given in cases {
      let prepared = try prepare(given, in: folder)
      let theirs = try await outcome(of: restic, prepared, forge)
      let ours = try await ourOutcome(prepared, folder)
      #expect(ours == theirs, "\(given.name)")
    }
  }

  private func prepare(_ given: PasswordCase, in folder: TemporaryFolder) throws -> PasswordCase {
    var prepared = given
    for (name, bytes) in given.files { try Data(bytes).write(to: folder.url.appendingPathComponent(name)) }
    func resolved(_ text: String) -> String {
      text.hasPrefix("@") ? folder.path(String(text.dropFirst())) : text
    }
    prepared.passwordFile = given.passwordFile.map(resolved)
    prepared.variables = given.variables.mapValues(resolved)
    return prepared
  }

  private func outcome(
    of restic: ResticBinary, _ given: PasswordCase, _ forge: RepositoryForge
  ) async throws -> Outcome {
    var arguments = ["key", "list", "--json", "--no-lock"]
    if let file = given.passwordFile { arguments += ["--password-file", file] }
    if let command = given.passwordCommand { arguments += ["--password-command", command] }
    if given.isInsecureNoPassword { arguments.append("--insecure-no-password") }
    let result = try await restic.run(
      arguments, repository: forge.url, password: nil, environment: given.variables,
      standardInput: Data(given.standardInput.utf8))
    if result.stderr.contains("wrong password") { return .wrongPassword }
    guard result.exitCode == 0 else { return .refused }
    struct Key: Decodable {
      let current: Bool
      let userName: String
    }
    let start = try #require(result.stdout.firstIndex(of: "["))
    let keys = try JSONDecoder().decode([Key].self, from: Data(result.stdout[start...].utf8))
    let current = try #require(keys.first { $0.current })
    return .opened(current.userName)
  }

  private func ourOutcome(_ given: PasswordCase, _ folder: TemporaryFolder) async throws -> Outcome {
    var flags = RepositoryFlags()
    flags.repository = "/repo"
    flags.passwordFile = given.passwordFile
    flags.passwordCommand = given.passwordCommand
    flags.isInsecureNoPassword = given.isInsecureNoPassword
    let environment = Environment(TestEnvironment.clean.merging(given.variables) { $1 })
    let input = folder.url.appendingPathComponent("input")
    try Data(given.standardInput.utf8).write(to: input)
    let descriptor = open(input.path, O_RDONLY)
    defer { close(descriptor) }
    do {
      let inputs = try RepositoryInputs.resolve(flags: flags, environment: environment)
      guard case .password(let password) = inputs.key else { return .refused }
      let attempt: PasswordAttempt<String, Never> = try await PasswordReader(
        environment: environment, input: descriptor, messages: -1
      ).open(with: password) { secret in
        let user = Self.passwords.first { $0.bytes == secret.bytes }?.user
        guard let user, user != "binary", user != "empty" else { return .wrongPassword }
        return .opened(user)
      }
      guard case .opened(let user) = attempt else { return .wrongPassword }
      return .opened(user)
    } catch {
      return .refused
    }
  }
}
