import Foundation
import ResticStorage
import StorageBackends
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The fake sftp server in one of its modes, in the place of ssh.
struct FakeServer {
  let folder: TemporaryFolder
  let command: String

  init(_ mode: String) throws {
    folder = try TemporaryFolder("fake-sftp")
    let program = ReslockBinary.url.deletingLastPathComponent().appendingPathComponent("FakeSFTPServer")
    command = "\(program.path) \(mode) \(folder.path("pid"))"
  }

  func connect(_ change: (inout TransportSettings) -> Void = { _ in }) async throws -> StorageConnection {
    var settings = TransportSettings()
    settings.retries = false
    change(&settings)
    return try await StorageConnector(
      location: RepositoryLocation(parsing: "sftp:host:/r"),
      options: ExtendedOptions(arguments: ["sftp.command=\(command)"]), settings: settings,
      environment: StorageEnvironment(
        variable: { ProcessInfo.processInfo.environment[$0] }, file: { _ in nil })
    ).connect()
  }

  /// Runs `body` on a connection, which is closed afterwards.
  func withConnection(
    _ change: (inout TransportSettings) -> Void = { _ in }, _ body: (StorageConnection) async throws -> Void
  ) async throws {
    let connection = try await connect(change)
    do {
      try await body(connection)
    } catch {
      await connection.close()
      throw error
    }
    await connection.close()
    expectNoChild()
  }

  /// The processes that were started.
  var pids: [pid_t] {
    let text = (try? String(contentsOfFile: folder.path("pid"), encoding: .utf8)) ?? ""
    return text.split(separator: "\n").compactMap { pid_t($0) }
  }

  /// Expects that every process started is gone, and no zombie either: those have a number too.
  func expectNoChild(count: Int = 1, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(pids.count == count, sourceLocation: sourceLocation)
    for pid in pids { #expect(kill(pid, 0) == -1 && errno == ESRCH, sourceLocation: sourceLocation) }
  }

  static let lockName = String(repeating: "5a", count: 32)
  static let lock = RepositoryFile.entry(folder: .locks, name: lockName)
}

/// Expects `body` to throw a `StorageError` of this kind, and returns it.
@discardableResult
func expectError(
  _ kind: StorageError.Class, sourceLocation: SourceLocation = #_sourceLocation,
  _ body: () async throws -> Void
) async -> StorageError? {
  do {
    try await body()
    Issue.record("nothing was thrown", sourceLocation: sourceLocation)
  } catch let error as StorageError {
    #expect(error.kind == kind, "\(error)", sourceLocation: sourceLocation)
    return error
  } catch {
    Issue.record(error, sourceLocation: sourceLocation)
  }
  return nil
}
