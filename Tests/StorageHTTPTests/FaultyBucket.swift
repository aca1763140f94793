import BackendServers
import Foundation
import ResticStorage
import StorageBackends
import StorageHTTP
import Synchronization
import TestSupport
import Testing

/// A service over buckets that does what a test says, in the words of that service.
enum FaultyBucket: String, CaseIterable, Sendable, CustomTestStringConvertible {
  case s3, gs, swift, b2, azure

  /// What a request is about.
  enum Ask: Sendable, Hashable { case signIn, list, versions, stat, read, remove }

  static let lock = String(repeating: "8a", count: 32)

  var testDescription: String { rawValue }

  /// A server that signs in whoever asks, lists nothing and has nothing, but for what `steps` says; it is told how often
  /// it was asked for the same before.
  func server(
    _ steps: @escaping @Sendable (_ ask: Ask, _ earlierCount: Int) -> [FaultServer.Step]?
  ) throws -> FaultServer {
    let counts = Mutex<[Ask: Int]>([:])
    return try FaultServer { request, _ in
      let ask = ask(request)
      let count = counts.withLock { counts in
        defer { counts[ask, default: 0] += 1 }
        return counts[ask, default: 0]
      }
      if let steps = steps(ask, count) { return steps }
      switch ask {
      case .signIn: return [.answer(200, [:], authorization("http://\(request.headers["host"] ?? "")"))]
      case .list, .versions: return [.answer(200, [:], emptyListing)]
      case .stat, .read, .remove: return [.answer(404)]
      }
    }
  }

  func connect(
    _ server: FaultServer, _ adjust: (inout TransportSettings) -> Void = { _ in }
  ) async throws -> StorageConnection {
    let variables = [
      "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "key", "AWS_DEFAULT_REGION": "us-east-1",
      "STORAGE_EMULATOR_HOST": server.url, "GOOGLE_ACCESS_TOKEN": "token",
      "OS_STORAGE_URL": "\(server.url)/v1/AUTH_p", "OS_AUTH_TOKEN": "token", "B2_ACCOUNT_ID": "id",
      "B2_ACCOUNT_KEY": "key", "AZURE_ACCOUNT_NAME": "account0", "AZURE_ACCOUNT_KEY": "a2V5",
    ]
    let text =
      switch self {
      case .s3: "s3:\(server.url)/bucket-one/pre"
      case .gs: "gs:bucket-one:/pre"
      case .swift: "swift:bucket-one:/pre"
      case .b2: "b2:bucket-one:pre"
      case .azure: "azure:bucket-one:/pre"
      }
    var settings = TransportSettings()
    adjust(&settings)
    let environment = StorageEnvironment(variable: { variables[$0] }, file: { _ in nil })
    // These two have addresses that no variable changes.
    let own = HTTPOrigin.tcp(usesTLS: false, host: "127.0.0.1", port: server.port)
    let location = try RepositoryLocation(parsing: text)
    switch location {
    case .b2(let bucket):
      return try B2Backend(bucket, BackendInputs(options: [:], settings: settings, environment: environment))
        .connect(authorizingAt: own)
    case .azure(let container):
      return try AzureBackend(
        container, BackendInputs(options: [:], settings: settings, environment: environment)
      )
      .connect(at: own)
    default:
      return try await StorageConnector(
        location: location, options: .none, settings: settings, environment: environment
      ).connect()
    }
  }

  private func ask(_ request: FaultServer.Request) -> Ask {
    let (method, target) = (request.method, request.target)
    switch self {
    case .b2:
      if target.hasSuffix("b2_authorize_account") { return .signIn }
      if target.hasSuffix("b2_delete_file_version") { return .remove }
      if target.hasSuffix("b2_list_file_versions") { return .versions }
      if target.hasSuffix("b2_list_file_names") { return .list }
      return method == "HEAD" ? .stat : .read
    case .gs:
      if method == "DELETE" { return .remove }
      if target.contains("alt=media") { return .read }
      return target.contains("/o/") ? .stat : .list
    case .s3, .swift, .azure:
      if method == "DELETE" { return .remove }
      if method == "HEAD" { return .stat }
      return target.contains("prefix=") ? .list : .read
    }
  }

  private func authorization(_ url: String) -> String {
    #"{"accountId": "a", "authorizationToken": "t", "apiInfo": {"storageApi": {"apiUrl": "\#(url)", "#
      + #""downloadUrl": "\#(url)", "allowed": {"buckets": [{"id": "b", "name": "bucket-one"}], "#
      + #""capabilities": ["listFiles", "readFiles", "deleteFiles"]}}}}"#
  }

  private var emptyListing: String {
    switch self {
    case .s3: "<ListBucketResult></ListBucketResult>"
    case .gs: "{}"
    case .swift: "[]"
    case .b2: #"{"files": []}"#
    case .azure: "<EnumerationResults><Blobs></Blobs></EnumerationResults>"
    }
  }

  /// A listing of the versions of one lock, for services that are asked for them.
  static let oneVersion =
    #"{"files": [{"fileName": "pre/locks/\#(lock)", "fileId": "1", "action": "upload", "contentLength": 1}]}"#
}
