package import Foundation
import TestSupport

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A real sshd that lets the user of the tests in with a key of its own, and serves files by sftp only.
package final class OpenSSHServer: Sendable {
  private let folder: TemporaryFolder
  private let process: ServerProcess

  package var port: UInt16 { process.port }
  package var log: String { process.log }
  package var data: URL { folder.url.appendingPathComponent("data") }
  /// What `ssh -F` takes: the host `loop` is this server.
  package var clientConfiguration: String { folder.path("ssh.conf") }
  /// What ssh needs besides host, port and user.
  package var clientArguments: String {
    "-F /dev/null -i \(folder.path("user")) -o UserKnownHostsFile=\(folder.path("known")) "
      + "-o IdentitiesOnly=yes -o IdentityAgent=none -o BatchMode=yes"
  }

  /// `sftpArguments` go to sshd's `internal-sftp`: `-R` for a server that changes nothing.
  package init(sftpArguments: String = "") async throws {
    let folder = try TemporaryFolder("sshd")
    self.folder = folder
    try FileManager.default.createDirectory(atPath: folder.path("data"), withIntermediateDirectories: false)
    for key in ["host", "user", "stranger"] {
      let made = try await ChildProcess.run(
        "ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", folder.path(key)])
      guard made.exitCode == 0 else { throw ServerError(description: "ssh-keygen: \(made.stderr)") }
    }
    // sshd insists on this folder where it runs as root.
    if geteuid() == 0 { mkdir("/run/sshd", 0o755) }
    process = try await ServerProcess("sshd") { port in
      try Self.write(Self.serverConfiguration(folder, port, sftpArguments), to: folder.path("sshd.conf"))
      return ["/usr/sbin/sshd", "-D", "-e", "-f", folder.path("sshd.conf")]
    }
    let publicKey = try String(contentsOfFile: folder.path("host.pub"), encoding: .utf8)
      .split(separator: " ").prefix(2).joined(separator: " ")
    try Self.write(
      ["127.0.0.1", "::1"].map { "[\($0)]:\(process.port) \(publicKey)\n" }.joined(), to: folder.path("known")
    )
    try Self.write(Self.configuration(folder, process.port), to: folder.path("ssh.conf"))
  }

  private static func write(_ text: String, to path: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
  }

  private static func serverConfiguration(
    _ folder: TemporaryFolder, _ port: UInt16, _ sftpArguments: String
  ) -> String {
    """
    ListenAddress 127.0.0.1
    ListenAddress ::1
    Port \(port)
    HostKey \(folder.path("host"))
    PidFile none
    AuthorizedKeysFile \(folder.path("user")).pub
    StrictModes no
    UsePAM no
    PasswordAuthentication no
    KbdInteractiveAuthentication no
    PermitRootLogin prohibit-password
    MaxStartups 1000
    Subsystem sftp internal-sftp
    ForceCommand internal-sftp \(sftpArguments)

    """
  }

  private static func configuration(_ folder: TemporaryFolder, _ port: UInt16) -> String {
    """
    Host loop
      HostName 127.0.0.1
      Port \(port)
      User \(NSUserName())
      IdentityFile \(folder.path("user"))
      IdentitiesOnly yes
      IdentityAgent none
      BatchMode yes
      UserKnownHostsFile \(folder.path("known"))
      GlobalKnownHostsFile /dev/null
      StrictHostKeyChecking yes

    """
  }

  /// What restic and reslock take as the location of a repository here, with `options`.
  package func location(_ repository: String = "repo") -> String {
    "sftp:loop:\(data.appendingPathComponent(repository).path)"
  }

  /// restic's extended option that leads here; every release knows it.
  package var commandOption: String { "sftp.command=ssh -F \(clientConfiguration) loop -s sftp" }

  /// A key that the server does not know.
  package var strangersArguments: String {
    clientArguments.replacingOccurrences(of: folder.path("user"), with: folder.path("stranger"))
  }
}
