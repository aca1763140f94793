package import Foundation
package import TestSupport

/// A remote of a real rclone that keeps its files in a folder of the test's, plainly or encrypted.
package struct RcloneRemote: Sendable {
  /// A release of rclone with a kind of remote.
  package struct Kind: Sendable, Hashable, CustomStringConvertible {
    package let release: String
    package let isEncrypted: Bool

    package var description: String { "rclone of \(release), \(isEncrypted ? "crypt" : "local")" }

    /// The oldest and the newest rclone at hand, each with both kinds.
    package static let all: [Kind] = ["trixie", "sid"].flatMap { release in
      [false, true].map { Kind(release: release, isEncrypted: $0) }
    }
  }

  package let program: String
  package let environment: [String: String]
  private let folder: TemporaryFolder
  private let remote: String

  package init(_ kind: Kind) async throws {
    folder = try TemporaryFolder("rclone")
    // Where there is no Debian archive, one rclone stands for both.
    let named = try? Peer.path("rclone-of-\(kind.release)")
    program = try named ?? Peer.path("rclone")
    let obscured = try await ChildProcess.run(program, ["obscure", "cryptpw"])
    let password = obscured.stdout.prefix { $0 != "\n" }
    let configuration = """
      [plain]
      type = local
      [secret]
      type = crypt
      remote = plain:\(folder.path("data"))
      password = \(password)
      filename_encryption = standard

      """
    try Data(configuration.utf8).write(to: folder.url.appendingPathComponent("rclone.conf"))
    environment = ["RCLONE_CONFIG": folder.path("rclone.conf")]
    remote = kind.isEncrypted ? "secret:" : "plain:\(folder.path("data"))/"
  }

  package func location(_ repository: String = "repo") -> String { "rclone:\(remote)\(repository)" }

  /// Where the files of a repository lie that is not encrypted.
  package func folder(of repository: String = "repo") -> URL {
    folder.url.appendingPathComponent("data/\(repository)")
  }

  package var programOption: String { "rclone.program=\(program)" }

  /// The configuration as an argument, for a reslock that runs within the test: its environment is the test's.
  package var argumentsOption: String {
    "rclone.args=--config \(folder.path("rclone.conf")) serve restic --stdio --b2-hard-delete"
  }

  /// The text that all command lines of this remote's rclones have in them.
  package var mark: String { remote }

  @discardableResult
  package func run(_ arguments: [String], standardInput: Data? = nil) async throws -> ProcessResult {
    let result = try await ChildProcess.run(
      program, arguments, environment: TestEnvironment.clean.merging(environment) { $1 },
      standardInput: standardInput)
    guard result.exitCode == 0 else {
      throw ServerError(description: "rclone \(arguments): \(result.stderr)")
    }
    return result
  }

  /// Where a file or folder of the repository lies, as rclone takes it.
  package func path(_ relative: String, of repository: String = "repo") -> String {
    "\(remote)\(repository)/\(relative)"
  }

  /// The names of the files in a folder of the repository.
  package func names(in folder: String, of repository: String = "repo") async throws -> Set<String> {
    let result = try await run(["lsf", path(folder, of: repository)])
    return Set(result.stdout.split(separator: "\n").map(String.init))
  }
}
