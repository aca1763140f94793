import BackendServers
import Foundation
import ResticInputs
import ResticStorage
import StorageBackends
import TestSupport

/// A connection as the program makes it from a location and options.
func connect(
  _ location: String, options: [String] = [], path: String? = nil,
  _ adjust: (inout TransportSettings) -> Void = { _ in }
) async throws -> StorageConnection {
  let environment = Environment(["PATH": path ?? TestEnvironment.clean["PATH"] ?? ""])
  var settings = TransportSettings.resolve(flags: TransportFlags(), environment: environment)
  adjust(&settings)
  return try await StorageConnector(
    location: try RepositoryLocation(parsing: location), options: try ExtendedOptions(arguments: options),
    settings: settings, environment: StorageEnvironment(environment, files: .system)
  ).connect()
}

/// What `list --json` answers, as far as these tests look at it.
struct LockList: Decodable {
  struct Lock: Decodable {
    var id: String
    var pid: Int64?
    var verdict: String?
    var modified: String?
  }
  var locks: [Lock]

  init(_ result: ProcessResult) throws {
    self = try JSONDecoder().decode(LockList.self, from: Data(result.stdoutBytes))
  }
}

extension ReslockBinary {
  static func list(
    _ location: String, options: [String] = [], flags: [String] = [], environment: [String: String] = [:]
  ) async throws -> ProcessResult {
    try await run(
      ["list", "--json", "-r", location] + options.flatMap { ["-o", $0] } + flags, environment: environment)
  }
}

/// The command lines of all processes that mention `text`.
func processes(mentioning text: String) async throws -> [Substring] {
  let list = try await ChildProcess.run("ps", ["-A", "-ww", "-o", "pid=,stat=,args="])
  return list.stdout.split(separator: "\n").filter { $0.contains(text) }
}

/// Waits until no process mentions `text`; a zombie mentions nothing.
func waitUntilNone(mention text: String) async throws {
  let deadline = ContinuousClock.now + .seconds(120)
  while true {
    let left = try await processes(mentioning: text)
    if left.isEmpty { return }
    guard ContinuousClock.now < deadline else {
      throw ServerError(description: "these go on: \(left.joined(separator: "\n"))")
    }
    try await Task.sleep(for: .milliseconds(20))
  }
}
