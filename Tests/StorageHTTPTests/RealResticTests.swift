import BackendServers
import Foundation
import ResticStorage
import StorageBackends
import TestSupport
import Testing

/// Real restic works on real servers, is killed, and reslock reads, removes and restores what it left.
@Suite struct RealRestic {
  struct Place: Sendable {
    let location: String
    let environment: [String: String]
    /// Keeps the server up.
    let server: any Sendable
  }

  enum Kind: String, CaseIterable, CustomTestStringConvertible {
    case rest, restTLSPrivate, restUnixSocket, restAppendOnly, moto, swift, swiftTLS, google

    var testDescription: String { rawValue }

    func start() async throws -> Place {
      switch self {
      case .rest: return try await Self.rest([])
      case .restTLSPrivate: return try await Self.rest([.tls, .users, .privateRepositories], "alice/repo")
      case .restUnixSocket: return try await Self.rest([.unixSocket])
      case .restAppendOnly: return try await Self.rest([.appendOnly])
      case .moto:
        let server = try await MotoServer()
        return Place(location: server.location(), environment: server.environment, server: server)
      case .google:
        let server = try await GoogleStorageServer()
        return Place(location: server.location(), environment: server.environment, server: server)
      case .swift, .swiftTLS:
        let server = try await SwiftServer(usesTLS: self == .swiftTLS)
        return Place(location: server.location(), environment: server.environment, server: server)
      }
    }

    private static func rest(_ options: Set<RESTServer.Option>, _ path: String = "repo") async throws -> Place
    {
      let server = try await RESTServer(options)
      return Place(location: server.location(path), environment: server.environment, server: server)
    }
  }

  private struct LockList: Decodable {
    struct Lock: Decodable {
      let id: String
      let pid: Int64?
      let verdict: String?
      let modified: String?
    }
    let locks: [Lock]
  }

  @Test(
    "a killed restic's lock is read, removed and put back, and restic agrees at each step",
    arguments: Kind.allCases)
  func killed(_ kind: Kind) async throws {
    let place = try await kind.start()
    var environment = place.environment
    environment["RESTIC_REPOSITORY"] = place.location
    let restic = ResticBinary.newest
    func run(_ arguments: [String]) async throws -> ProcessResult {
      let result = try await restic.run(arguments, repository: nil, environment: environment)
      #expect(result.exitCode == 0, "restic \(arguments): \(result.stdout)\(result.stderr)")
      return result
    }
    func list() async throws -> [LockList.Lock] {
      let result = try await ReslockBinary.run(["list", "--json"], repository: nil, environment: environment)
      try #require(result.exitCode == 0, "\(result.stderr)")
      let decoder = JSONDecoder()
      return try decoder.decode(LockList.self, from: Data(result.stdoutBytes)).locks
    }
    let nothing = try await ReslockBinary.run(["status"], repository: nil, environment: environment)
    #expect(nothing.exitCode == 10, "\(nothing.stderr)")

    _ = try await run(["init"])
    _ = try await run(["backup", "/etc/hostname"])
    #expect(try await list().isEmpty)

    let holder = try restic.start(["backup", "--stdin"], repository: nil, environment: environment)
    var held: [LockList.Lock] = []
    while held.isEmpty {
      try #require(holder.isRunning, "\(holder.stderrSoFar)")
      // rest-server lists what is being uploaded too.
      held = try await list().filter { $0.id.count == 64 }
    }
    let lock = try #require(held.first)
    #expect(held.count == 1 && lock.pid == Int64(holder.pid) && lock.verdict == "held")
    #expect((lock.modified == nil) == place.location.hasPrefix("rest:"))
    holder.kill(SIGKILL)
    try await holder.wait()
    let left = try await list()
    // Its process is gone, but on a server others may have the name of this host.
    #expect(left.map(\.id) == [lock.id] && left.map(\.verdict) == ["fresh"])

    let connection = try await StorageConnector.testing(place.location, place.environment).connect()
    let name = try #require(LockFileName(lock.id))
    let content = try await connection.storage.read(.entry(folder: .locks, name: lock.id), byteLimit: 4096)
    try await connection.lockRemoval().removeLock(name)
    #expect(try await list().isEmpty)
    #expect(try await run(["list", "locks", "--no-lock"]).stdout.isEmpty)

    try await connection.lockRemoval().restoreLock(name, content: content, modified: nil)
    #expect(try await list().map(\.id) == [lock.id])
    #expect(try await run(["list", "locks", "--no-lock"]).stdout.contains(lock.id))
    #expect(try await run(["cat", "lock", lock.id]).stdout.contains("\"pid\": \(holder.pid)"))
    await connection.close()
    withExtendedLifetime(place) {}
  }
}
