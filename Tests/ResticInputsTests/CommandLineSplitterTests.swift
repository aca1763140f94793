import ChildPrograms
import Foundation
import TestSupport
import Testing

@Suite struct CommandLineSplitterTests {
  static let sound: [(String, [String])] = [
    ("cat", ["cat"]),
    ("  pass  show\trestic\n", ["pass", "show", "restic"]),
    (#"cat 'a b' "c d""#, ["cat", "a b", "c d"]),
    (#"cat a"b c"d"#, ["cat", "a", "b c", "d"]),
    (#"cat "" '' x"#, ["cat", "x"]),
    (#"cat a\ b"#, ["cat", "a", "b"]),
    (#"cat C:\dir\file"#, ["cat", "C:", "dir", "file"]),
    (#"cat \"a\""#, ["cat", #""a"#, #"""#]),
    (#"cat "a\"b""#, ["cat", #"a\"b"#]),
    (#"cat 'a\'b'"#, ["cat", #"a\'b"#]),
    (#"cat "it's""#, ["cat", "it's"]),
    (#"cat 'say "x"'"#, ["cat", #"say "x""#]),
    (#"cat "a b\c""#, ["cat", #"a b\c"#]),
    (#"cat \\x"#, ["cat", "x"]),
    ("cat $HOME *.txt a;b|c>d #e", ["cat", "$HOME", "*.txt", "a;b|c>d", "#e"]),
    ("cat a\u{a0}b\u{3000}c\u{200b}d", ["cat", "a", "b", "c\u{200b}d"]),
    ("cat e\u{301}'x'", ["cat", "e\u{301}", "x"]),
    ("cat '\u{301}x' y", ["cat", "\u{301}x", "y"]),
    ("'cat' x", ["cat", "x"]),
  ]

  static let refused = [
    "", " \t\n", "''", #""""#, "'cat", #"cat "a"#, #"cat \"a" "b c""#, #"cat 'a\'"#, #"\"#,
  ]

  @Test("commands are split as restic splits them", arguments: sound)
  func splits(_ command: String, _ arguments: [String]) throws {
    #expect(try CommandLineSplitter.split(command, what: "the command") == arguments)
  }

  @Test("an empty command and an open quote are refused without quoting the command", arguments: refused)
  func refuses(_ command: String) {
    let error = #expect(throws: CommandLineError.self) {
      try CommandLineSplitter.split(command, what: "the password command")
    }
    #expect(error != nil)
    #expect(error?.description.contains("cat") != true)
  }

  @Test("real restic splits alike", arguments: ResticBinary.all)
  func againstRealRestic(_ restic: ResticBinary) async throws {
    let folder = try TemporaryFolder("splitting")
    let bin = folder.url.appendingPathComponent("cat")
    // In the place of `cat`: writes its arguments down, each with a zero byte behind it.
    try Data("#!/bin/sh\nfor a in \"$@\"; do printf '%s\\0' \"$a\" >> \"$OUT\"; done; echo x\n".utf8).write(
      to: bin)
    try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: bin.path)
    func arguments(_ command: String, _ label: String) async throws -> [String]? {
      let output = folder.url.appendingPathComponent(label)
      var result: ProcessResult
      // A child that another test was starting when the script was written has it open until its own exec.
      repeat {
        result = try await restic.run(
          ["list", "locks", "--no-lock", "--password-command", command],
          repository: folder.url.appendingPathComponent("none"), password: nil,
          environment: ["PATH": folder.path + ":/usr/bin:/bin", "OUT": output.path])
      } while result.stderr.contains("text file busy")
      if result.stderr.contains("Resolving password failed") { return nil }
      let written = (try? Data(contentsOf: output)) ?? Data()
      return written.split(separator: 0, omittingEmptySubsequences: false).dropLast().map {
        String(decoding: $0, as: UTF8.self)
      }
    }
    for (index, (command, expected)) in Self.sound.enumerated() where expected.first == "cat" {
      #expect(
        try await arguments(command, "sound-\(index)") == Array(expected.dropFirst()), "\(command)")
    }
    // restic takes an empty flag for no flag.
    for (index, command) in Self.refused.dropFirst().enumerated() {
      #expect(try await arguments(command, "refused-\(index)") == nil, "\(command)")
    }
  }
}
