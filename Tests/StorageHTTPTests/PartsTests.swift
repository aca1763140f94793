import BackendServers
import Foundation
import ResticInputs
import ResticStorage
import Synchronization
import TestSupport
import Testing
import WallTime

@testable import StorageHTTP

@Suite struct ServerClockTests {
  private func look(_ port: UInt16, date: String, _ isRemote: (@Sendable () async -> Bool)?) async throws
    -> Double?
  {
    let client = try SocketClient(TransportSettings(), proxy: nil, connectionLimit: 1)
    let origin = HTTPOrigin.tcp(usesTLS: false, host: "127.0.0.1", port: port)
    let transport =
      isRemote.map { isRemote in
        SocketTransport(
          origin, client: client,
          clock: ServerClock(now: { UnixTime(seconds: 784_111_777) }, isRemote: isRemote))
      } ?? SocketTransport(origin, client: client)
    let response = try await transport.exchange(HTTPRequest(.get, "/"))
    #expect(response.headers["Date"] == date)
    await client.close()
    return transport.clock.offsetSeconds
  }

  @Test("the Date of a remote machine shows its clock, that of this machine under any name is none")
  func dates() async throws {
    let date = "Sun, 06 Nov 1994 09:49:37 GMT"
    let server = try FaultServer { _, _ in [.answer(200, ["Date": date])] }
    #expect(try await look(server.port, date: date) { true } == 3600.5)
    #expect(try await look(server.port, date: date) { false } == nil)
    #expect(try await look(server.port, date: date, nil) == nil)
    let cached = try FaultServer { _, _ in [.answer(200, ["Date": date, "Age": "10"])] }
    #expect(try await look(cached.port, date: date) { true } == nil)
  }

  @Test("an address of one of this machine's interfaces is not remote")
  func locality() async {
    let own = SocketAddresses.interfaces()
    #expect(own.contains { $0.address == [127, 0, 0, 1] && $0.mask == [255, 0, 0, 0] })
    for interface in own { #expect(!HTTPOrigin.areRemote([interface.address], interfaces: own)) }
    #expect(!HTTPOrigin.areRemote([], interfaces: own))
    #expect(!HTTPOrigin.areRemote([[127, 9, 9, 9]], interfaces: []))
    #expect(!HTTPOrigin.areRemote([[192, 0, 2, 1], [127, 0, 0, 1]], interfaces: own))
    #expect(HTTPOrigin.areRemote([[192, 0, 2, 1]], interfaces: own))
    for host in ["localhost", "127.0.0.1", "::1", "::ffff:127.0.0.1", "x.localhost", "0.0.0.0"] {
      #expect(await !HTTPOrigin.tcp(usesTLS: true, host: host, port: nil).isRemote(), "\(host)")
    }
    #expect(await !HTTPOrigin.unixSocket(path: "/x").isRemote())
    #expect(await HTTPOrigin.tcp(usesTLS: true, host: "192.0.2.1", port: nil).isRemote())
  }

  /// The clock of a server in a container agrees with ours whatever it shows, as it is the same one.
  @Test("an address behind a bridge of this machine is not remote for certain")
  func behindBridge() throws {
    let interfaces: Set = [
      SocketAddresses.Interface(name: "docker0", address: [172, 17, 0, 1], mask: [255, 255, 0, 0]),
      SocketAddresses.Interface(name: "eth0", address: [10, 1, 2, 3], mask: [255, 255, 255, 0]),
      SocketAddresses.Interface(name: "tun0", address: [10, 9, 9, 9], mask: nil),
    ]
    func areRemote(_ address: [UInt8]) -> Bool {
      HTTPOrigin.areRemote([address], interfaces: interfaces) { $0 == "docker0" }
    }
    #expect(!areRemote([172, 17, 3, 4]) && areRemote([172, 18, 3, 4]))
    #expect(areRemote([10, 1, 2, 4]) && areRemote([10, 9, 9, 8]))
    #if os(Linux)
      let folder = try TemporaryFolder("interfaces")
      try FileManager.default.createDirectory(
        atPath: folder.path("docker0/bridge"), withIntermediateDirectories: true)
      #expect(SocketAddresses.isBridge("docker0", folder: folder.path))
      #expect(!SocketAddresses.isBridge("eth0", folder: folder.path))
      #expect(!SocketAddresses.isBridge("lo"))
    #endif
  }

  @Test(
    "dates of answers are read, and everything else is none",
    arguments: [
      ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777), ("Thu, 29 Feb 2024 00:00:00 GMT", 1_709_164_800),
      ("", nil), ("Sun, 06 Nov 1994 08:49:37", nil), ("Sun, 06 Nov 1994 24:49:37 GMT", nil),
      ("Sun, 06 Xxx 1994 08:49:37 GMT", nil), ("Sun, +6 Nov 1994 08:49:37 GMT", nil),
    ] as [(String, Int64?)])
  func httpDates(_ text: String, _ seconds: Int64?) {
    #expect(HTTPDate.parse(text)?.seconds == seconds)
  }
}

@Suite struct RetrierTests {
  private static let transient = StorageError(.transient, action: "a", reason: "r")

  private func run(
    _ errors: [StorageError?], limits: Retrier.Limits = .init()
  ) async -> (pauses: [Double], error: StorageError?) {
    let pauses = Mutex<[Double]>([])
    let retrier = Retrier(
      limits: limits, sleep: { seconds in pauses.withLock { $0.append(seconds) } }, random: { 1 },
      now: { pauses.withLock { $0.reduce(0, +) } })
    do throws(StorageError) {
      try await retrier.run { failures async throws(StorageError) in
        if let error = failures < errors.count ? errors[failures] : nil { throw error }
      }
      return (pauses.withLock { $0 }, nil)
    } catch {
      return (pauses.withLock { $0 }, error)
    }
  }

  @Test("what may pass is tried again with growing pauses, what will not is not")
  func pauses() async {
    let short = await run([Self.transient, Self.transient, Self.transient])
    #expect(short.error == nil && short.pauses == [0.25, 0.5, 1])
    for kind in [StorageError.Class.notFound, .notAllowed, .permanent, .tooLarge, .alreadyExists, .cancelled]
    {
      let once = await run([StorageError(kind, action: "a", reason: "r")])
      #expect(once.error?.kind == kind && once.pauses.isEmpty)
    }
  }

  @Test("it gives up after a number of attempts, and says how many")
  func attempts() async {
    let answer = await run(Array(repeating: Self.transient, count: 100))
    #expect(answer.pauses.count == 5 && answer.error?.description == "a: r (6 attempts)")
  }

  @Test("a server's Retry-After is waited for, unless that takes too long")
  func retryAfter() async {
    let busy = StorageError(.transient, action: "a", reason: "r", retryAfterSeconds: 7)
    #expect(await run([busy]).pauses == [7])
    let busier = StorageError(.transient, action: "a", reason: "r", retryAfterSeconds: 3600)
    let answer = await run([busier])
    #expect(answer.pauses.isEmpty && answer.error?.kind == .transient)
  }

  @Test("Retry-After of a real answer reaches the retrier", arguments: [429, 503])
  func endToEnd(_ status: Int) async throws {
    let server = try FaultServer { _, count in
      count == 0 ? [.answer(status, ["Retry-After": "9"])] : [.answer(200, [:], "x")]
    }
    let client = try SocketClient(TransportSettings(), proxy: nil, connectionLimit: 1)
    let storage = RESTStorage(
      SocketTransport(.tcp(usesTLS: false, host: "127.0.0.1", port: server.port), client: client),
      displayName: "x")
    let pauses = Mutex<[Double]>([])
    let retrying = RetryingStorage(
      storage,
      retrier: Retrier(
        sleep: { seconds in pauses.withLock { $0.append(seconds) } }, random: { 0 }, now: { 0 }))
    #expect(try await retrying.read(.config, byteLimit: 10) == [0x78])
    #expect(pauses.withLock { $0 } == [9])
    await client.close()
  }
}

@Suite struct TransportSettingsTests {
  @Test("flags hide their variables, each on its own")
  func precedence() {
    let environment = Environment([
      "RESTIC_CACERT": "a.pem,b.pem", "RESTIC_TLS_CLIENT_CERT": "c.pem", "RESTIC_HTTP_USER_AGENT": "agent",
      "https_proxy": "http://lower:1", "HTTPS_PROXY": "http://upper:1", "NO_PROXY": "x",
    ])
    let plain = TransportSettings.resolve(flags: TransportFlags(), environment: environment)
    #expect(plain.certificateFiles == ["a.pem", "b.pem"] && plain.clientCertificateFile == "c.pem")
    #expect(plain.userAgent == "agent" && !plain.isInsecure && plain.proxies.httpsProxy == "http://upper:1")
    var flags = TransportFlags()
    flags.certificateFiles = ["d.pem"]
    flags.clientCertificateFile = ""
    flags.isInsecure = true
    flags.userAgent = "other"
    flags.connectTimeoutSeconds = 1e30
    let flagged = TransportSettings.resolve(flags: flags, environment: environment)
    #expect(flagged.certificateFiles == ["d.pem"] && flagged.clientCertificateFile == nil)
    #expect(flagged.isInsecure && flagged.userAgent == "other" && flagged.connectTimeoutSeconds == 86_400)
  }

  @Test(
    "NO_PROXY keeps hosts off the proxy",
    arguments: [
      ("example.org", "example.org", true), ("a.example.org", "example.org", true),
      ("a.example.org", ".example.org", true), ("example.org", ".example.org", false),
      ("xexample.org", "example.org", false),
      ("a.example.org", "*.example.org", true), ("anything", "*", true), ("10.1.2.3", "10.0.0.0/8", true),
      ("11.1.2.3", "10.0.0.0/8", false), ("example.org", "example.org:443", true),
      ("example.org", "example.org:80", false), ("example.org", "other, example.org", true),
      ("example.org", "", false),
      ("localhost", "", true), ("127.0.0.1", "", true), ("::1", "", true),
      ("2001:db8::1", "2001:db8::/32", true),
    ])
  func noProxy(_ host: String, _ rule: String, _ isDirect: Bool) {
    let rules = ProxyRules(httpsProxy: "http://proxy:8080", noProxy: rule)
    #expect((rules.proxy(usesTLS: true, host: host, port: nil) == nil) == isDirect)
    #expect(rules.proxy(usesTLS: false, host: host, port: nil) == nil)
  }

  @Test("a proxy is asked for the way to the server, with its own password and without ours")
  func proxy() async throws {
    let proxy = try FaultServer { _, _ in [.answer(403)] }
    let client = try SocketClient(
      TransportSettings(), proxy: "http://me:pass%20word@127.0.0.1:\(proxy.port)", connectionLimit: 1)
    let transport = SocketTransport(
      .tcp(usesTLS: true, host: "backup.example.org", port: 8000), client: client)
    await #expect(throws: HTTPFailure.self) {
      try await transport.exchange(HTTPRequest(.get, "/", headers: [("Authorization", "Basic ours")]))
    }
    await client.close()
    let request = try #require(proxy.requests.first)
    #expect(request.method == "CONNECT" && request.target == "backup.example.org:8000")
    #expect(
      request.headers["proxy-authorization"] == "Basic \(Data("me:pass word".utf8).base64EncodedString())")
    #expect(request.headers["authorization"] == nil)
    #expect(throws: TransportError.self) { try ProxyAddress("ftp://host") }
  }
}

@Suite struct S3AddressTests {
  private func address(_ text: String, _ lookup: String = "auto") throws -> S3Address {
    guard case .s3(let location) = try RepositoryLocation(parsing: text) else {
      throw ServerError(description: "not s3")
    }
    return try S3Address(location, lookup: lookup)
  }

  @Test(
    "a bucket is asked for by path or by name",
    arguments: [
      ("s3:s3.amazonaws.com/bucket/p", "auto", "bucket.s3.amazonaws.com", "/k"),
      ("s3:s3.eu-west-1.amazonaws.com/my.bucket", "auto", "s3.eu-west-1.amazonaws.com", "/my.bucket/k"),
      ("s3:http://minio:9000/bucket", "auto", "minio:9000", "/bucket/k"),
      ("s3:https://minio/bucket", "dns", "bucket.minio", "/k"),
      ("s3:s3.amazonaws.com/bucket", "path", "s3.amazonaws.com", "/bucket/k"),
      ("s3:storage.googleapis.com/bucket", "auto", "bucket.storage.googleapis.com", "/k"),
      ("s3:https://[::1]:9000/bucket", "auto", "[::1]:9000", "/bucket/k"),
      ("s3:s3.amazonaws.com.evil.org/bucket", "auto", "s3.amazonaws.com.evil.org", "/bucket/k"),
    ])
  func addresses(_ text: String, _ lookup: String, _ host: String, _ path: String) throws {
    let address = try address(text, lookup)
    #expect(address.origin.authority == host && address.path("k") == path)
  }

  @Test("Amazon's endpoints name their region and move to another; others stay where they are")
  func regions() throws {
    #expect(try address("s3:s3.eu-west-1.amazonaws.com/b").regionOfEndpoint == "eu-west-1")
    #expect(try address("s3:s3-eu-west-1.amazonaws.com/b").regionOfEndpoint == "eu-west-1")
    #expect(try address("s3:s3.dualstack.eu-west-1.amazonaws.com/b").regionOfEndpoint == "eu-west-1")
    #expect(try address("s3:s3.amazonaws.com/b").regionOfEndpoint == nil)
    let moved = try address("s3:s3.amazonaws.com/bucket").moved(toRegion: "eu-west-1")
    #expect(moved.origin.authority == "bucket.s3.eu-west-1.amazonaws.com")
    let own = try address("s3:https://minio/bucket")
    #expect(own.moved(toRegion: "eu-west-1") == own)
    #expect(throws: TransportError.self) { try address("s3:s3.amazonaws.com/b", "sideways") }
  }
}

@Suite struct S3CredentialChainTests {
  private func find(_ variables: [String: String], _ files: [String: String] = [:]) throws -> [String?]? {
    let environment = StorageEnvironment(
      variable: { variables[$0] }, file: { path in files[path].map { Array($0.utf8) } })
    return try S3CredentialChain(environment: environment).find().map { finding in
      switch finding {
      case .credentials(let found): [found.keyID, found.secret.text, found.sessionToken?.text]
      case .program(let arguments): arguments
      }
    }
  }

  private static let shared = """
    # comment
    [default]
    aws_access_key_id = D
    aws_secret_access_key=ds
    [other]
      aws_access_key_id = O
      aws_secret_access_key = os
      aws_session_token = ot
    [process]
    credential_process = /bin/x  --for s3
    """
  private static let client =
    #"{"version":"10","aliases":{"x":{"accessKey":"no"},"s3":{"url":"u","accessKey":"M","secretKey":"ms","n":[1,{}]}}}"#

  @Test("variables come first, then MinIO's, then the shared file and its profile, then MinIO's client")
  func order() throws {
    let files = [
      "/home/.aws/credentials": Self.shared, "/home/.mc/config.json": Self.client, "/own": Self.shared,
    ]
    var variables = ["HOME": "/home"]
    #expect(try find(variables, files) == ["D", "ds", nil])
    #expect(try find(["HOME": "/home", "AWS_PROFILE": "other"], files) == ["O", "os", "ot"])
    #expect(
      try find(["AWS_SHARED_CREDENTIALS_FILE": "/own", "AWS_PROFILE": "other"], files) == ["O", "os", "ot"])
    #expect(try find(["HOME": "/home", "AWS_PROFILE": "none"], files) == ["M", "ms", nil])
    #expect(try find(["HOME": "/home", "AWS_PROFILE": "process"], files) == ["/bin/x", "--for", "s3"])
    variables["MINIO_ACCESS_KEY"] = "MA"
    variables["MINIO_SECRET_KEY"] = "MS"
    #expect(try find(variables, files) == ["MA", "MS", nil])
    variables["AWS_ACCESS_KEY_ID"] = "A"
    #expect(try find(variables, files) == ["MA", "MS", nil])
    variables["AWS_SECRET_ACCESS_KEY"] = "as"
    variables["AWS_SESSION_TOKEN"] = "at"
    #expect(try find(variables, files) == ["A", "as", "at"])
    #expect(try find([:]) == nil)
    #expect(try find(["HOME": "/home"], ["/home/.mc/config.json": "{\"aliases\":"]) == nil)
  }
}
