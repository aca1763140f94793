import Foundation
import ResticStorage
import TestSupport
import Testing

/// An `ssh` that writes down what it was started with, and fails.
struct RecordingSSH {
  let folder: TemporaryFolder
  var path: String { "\(folder.path):\(TestEnvironment.clean["PATH"] ?? "")" }

  init() async throws {
    folder = try TemporaryFolder("ssh")
    let script = "#!/bin/sh\nprintf '%s\\n' \"$@\" > '\(folder.path("arguments"))'\nexit 255\n"
    // Written by another process: a child that a test starts meanwhile would inherit our open file, and a file that is
    // open for writing can't be run.
    let written = try await ChildProcess.run(
      "sh", ["-c", "cat > \"$1\" && chmod 700 \"$1\"", "sh", folder.path("ssh")],
      standardInput: Data(script.utf8))
    try #require(written.exitCode == 0, "\(written.stderr)")
  }

  var arguments: [String] {
    let text = (try? String(contentsOfFile: folder.path("arguments"), encoding: .utf8)) ?? ""
    return text.split(separator: "\n").map(String.init)
  }
}

@Suite struct SSHArgumentsTests {
  static let cases: [(location: String, options: [String], arguments: [String])] = [
    ("sftp:host:/r", [], ["host", "-s", "sftp"]),
    ("sftp:user@host:r", [], ["host", "-l", "user", "-s", "sftp"]),
    ("sftp:user@dom@host:/r", [], ["host", "-l", "user@dom", "-s", "sftp"]),
    ("sftp://host/r", [], ["host", "-s", "sftp"]),
    ("sftp://user@host:2222//r", [], ["host", "-p", "2222", "-l", "user", "-s", "sftp"]),
    ("sftp://user%40dom@host//r", [], ["host", "-l", "user@dom", "-s", "sftp"]),
    ("sftp://[::1]:22//r", [], ["::1", "-p", "22", "-s", "sftp"]),
    (
      "sftp:u@host:/r", [#"sftp.args=-i '/a key' -o BatchMode=yes"#],
      ["host", "-l", "u", "-i", "/a key", "-o", "BatchMode=yes", "-s", "sftp"]
    ),
    (
      "sftp://u@host:22//r", ["sftp.args=-4"], ["host", "-p", "22", "-l", "u", "-4", "-s", "sftp"]
    ),
    (
      "sftp:u@host:/r", ["sftp.command=ssh -x 'other host' -s sftp"], ["-x", "other host", "-s", "sftp"]
    ),
  ]

  @Test("ssh gets the arguments that restic gives it", arguments: cases)
  func arguments(_ location: String, _ options: [String], _ arguments: [String]) async throws {
    let ours = try await RecordingSSH()
    let error = await #expect(throws: TransportError.self) {
      _ = try await connect(location, options: options, path: ours.path)
    }
    #expect(error?.description.contains("ended with exit status 255") == true, "\(String(describing: error))")
    #expect(ours.arguments == arguments)

    let restics = try await RecordingSSH()
    _ = try await ResticBinary.newest.run(
      ["-r", location] + options.flatMap { ["-o", $0] } + ["cat", "config"], repository: nil,
      environment: ["PATH": restics.path])
    #expect(restics.arguments == arguments)
  }

  @Test("sftp.command and sftp.args together are refused, as by restic, and so is an open quote")
  func refused() async throws {
    let ssh = try await RecordingSSH()
    for options in [["sftp.command=ssh x", "sftp.args=-4"], ["sftp.args=-o 'x"], ["sftp.command=''"]] {
      let error = await #expect(throws: TransportError.self) {
        _ = try await connect("sftp:host:/r", options: options, path: ssh.path)
      }
      #expect(error?.hint.isEmpty == false)
    }
    #expect(ssh.arguments.isEmpty)
  }

  @Test("without an ssh the message says so")
  func noSSH() async throws {
    let error = await #expect(throws: TransportError.self) {
      _ = try await connect("sftp:host:/r", path: "/nonexistent")
    }
    #expect(error?.description.contains("the program ssh is not found") == true)
    #expect(error?.hint.contains("install") == true)
  }
}
