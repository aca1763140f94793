import BackendServers
import Foundation
import TestSupport
import Testing

@Suite struct RoundTripTests {
  @Test("unlock removes a killed restic's lock over sftp, and undo brings it back")
  func sftp() async throws {
    let server = try await OpenSSHServer()
    try await LockRoundTrip(server.location(), options: [server.commandOption]).check()
    try await waitUntilNone(mention: server.clientConfiguration)
  }

  @Test("the same in the layout of restic before 0.8, without being told of it")
  func legacySFTP() async throws {
    let server = try await OpenSSHServer()
    try await LockRoundTrip(
      server.location(), with: .oldest, options: [server.commandOption, "sftp.layout=s3legacy"],
      reslockOptions: [server.commandOption]
    ).check()
  }

  @Test(
    "unlock removes a killed restic's lock through rclone, and undo brings it back",
    arguments: [RcloneRemote.Kind.all[1], RcloneRemote.Kind.all[2]])
  func rclone(_ kind: RcloneRemote.Kind) async throws {
    let remote = try await RcloneRemote(kind)
    try await LockRoundTrip(
      remote.location(), options: [remote.programOption], environment: remote.environment
    ).check()
    try await waitUntilNone(mention: remote.mark)
  }

  @Test("a folder in the layout of restic before 0.8 is not called free through rclone either")
  func legacyRclone() async throws {
    let remote = try await RcloneRemote(RcloneRemote.Kind.all[2])
    try await LockRoundTrip(
      remote.folder().path, with: .oldest, options: ["local.layout=s3legacy"],
      environment: remote.environment, reslockLocation: remote.location(),
      reslockOptions: [remote.programOption]
    ).check()
  }

  @Test("each repository of a configuration has the environment, for rclone too, that it names")
  func configured() async throws {
    let folder = try TemporaryFolder("configuration")
    // Both have the same location, which leads to different folders.
    let remotes = [
      try await RcloneRemote(RcloneRemote.Kind.all[3]), try await RcloneRemote(RcloneRemote.Kind.all[3]),
    ]
    let restic = ResticBinary.newest
    let made = try await restic.run(
      ["-r", remotes[0].location(), "-o", remotes[0].programOption, "init"], repository: nil,
      environment: remotes[0].environment)
    try #require(made.exitCode == 0, "\(made.stderr)")
    let text =
      "repositories:\n"
      + zip(["full", "empty"], remotes).map { name, remote in
        """
          \(name):
            location: \(remote.location())
            options: {rclone.program: \(remote.program)}
            environment: {RCLONE_CONFIG: \(remote.environment["RCLONE_CONFIG"] ?? "")}

        """
      }.joined()
    try Data(text.utf8).write(to: folder.url.appendingPathComponent("config.yaml"))
    let configuration = ["--config", folder.path("config.yaml")]
    for (name, exitCode) in [("full", Int32(0)), ("empty", 10)] {
      for command in [["status", "-r", "@\(name)"], ["repos", "test", name]] {
        let result = try await ReslockBinary.run(command + configuration)
        #expect(result.exitCode == exitCode, "\(command): \(result.stdout)\(result.stderr)")
      }
    }
    let all = try await ReslockBinary.run(["status", "--all"] + configuration)
    #expect(all.exitCode == 10, "\(all.stdout)\(all.stderr)")
    for remote in remotes { try await waitUntilNone(mention: remote.mark) }
  }
}
