internal import ResticCrypto
internal import ResticStorage
internal import Synchronization
internal import WallTime

/// Signed requests to one bucket, in the region that it turns out to lie in.
final class S3Service: Sendable {
  struct Request {
    var method: HTTPRequest.Method
    /// `nil` asks for the bucket itself.
    var key: String?
    /// Not yet percent-encoded.
    var query: [(name: String, value: String)] = []
    var headers: [(name: String, value: String)] = []
    var body: [UInt8] = []
    var byteLimit = 65_536
    /// What these credentials have to be allowed.
    var permission: String
  }

  private struct Place {
    var address: S3Address
    var region: String
    var transport: any HTTPTransport
  }

  private static let correctionLimit = 2

  private let place: Mutex<Place>
  /// `nil` asks without a signature.
  private let credentials: (@Sendable () async throws(StorageError) -> S3Credentials)?
  private let now: @Sendable () -> UnixTime
  private let connect: @Sendable (HTTPOrigin) -> any HTTPTransport

  /// `connect` makes the transport to a server; `region` is what the user said, or `nil`.
  init(
    _ address: S3Address, region: String?,
    credentials: (@Sendable () async throws(StorageError) -> S3Credentials)?,
    now: @escaping @Sendable () -> UnixTime, connect: @escaping @Sendable (HTTPOrigin) -> any HTTPTransport
  ) {
    place = Mutex(
      Place(
        address: address, region: region ?? address.regionOfEndpoint ?? "us-east-1",
        transport: connect(address.origin)))
    self.credentials = credentials
    self.now = now
    self.connect = connect
  }

  var transport: any HTTPTransport { place.withLock { $0.transport } }

  /// Sends a request; what is no success comes as an error.
  ///
  /// A region that the service names is taken, and Amazon's endpoint of it; no other redirect is followed.
  func send(_ request: Request, action: String) async throws(StorageError) -> HTTPResponse {
    try StorageError.checkCancellation(action: action)
    var corrections = 0
    while true {
      let asked = place.withLock { $0 }
      let response = try await exchange(request, asked, action: action)
      if response.isSuccess { return response }
      var refusal = S3Refusal(response)
      if request.method == .head, refusal.code.isEmpty, response.status != 404, !response.isTransient {
        // The answer to HEAD has no body to say why; the same as GET has.
        var spoken = request
        spoken.method = .get
        spoken.byteLimit = HTTPBodyCollector.refusalByteLimit
        let answer = try? await exchange(spoken, asked, action: action)
        if let answer, !answer.isSuccess {
          let region = refusal.region
          refusal = S3Refusal(answer)
          refusal.region = refusal.region ?? region
        }
      }
      guard let region = refusal.region, corrections < Self.correctionLimit, region != asked.region,
        [301, 307, 400, 403].contains(response.status)
      else { throw refusal.error(response, permission: request.permission, action: action) }
      corrections += 1
      place.withLock { place in
        place.region = region
        let moved = place.address.moved(toRegion: region)
        guard moved != place.address else { return }
        place.address = moved
        place.transport = connect(moved.origin)
      }
    }
  }

  private func exchange(_ request: Request, _ place: Place, action: String) async throws(StorageError)
    -> HTTPResponse
  {
    let outgoing = try await signed(request, place)
    do throws(HTTPFailure) {
      return try await place.transport.exchange(outgoing)
    } catch {
      throw StorageError(error, action: action)
    }
  }

  private func signed(_ request: Request, _ place: Place) async throws(StorageError) -> HTTPRequest {
    let path = place.address.path(request.key)
    let query = request.query.map {
      (name: PercentEncoding.encoded($0.name), value: PercentEncoding.encoded($0.value))
    }
    let text = query.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
    let target = text.isEmpty ? path : "\(path)?\(text)"
    var fields = request.headers
    if let credentials {
      let credentials = try await credentials()
      let time = now()
      let bodyHash = SHA256.hex(request.body)
      fields.append((name: "x-amz-date", value: SignatureV4.stamp(time)))
      fields.append((name: "x-amz-content-sha256", value: bodyHash))
      if let token = credentials.sessionToken {
        fields.append((name: "x-amz-security-token", value: token.text))
      }
      let signature = SignatureV4(credentials: credentials, region: place.region, service: "s3")
      let authorization = signature.authorization(
        SignatureV4.Request(
          method: request.method.rawValue, path: path, query: query,
          headers: fields + [(name: "host", value: place.address.origin.signedHost)], bodyHash: bodyHash),
        at: time)
      fields.append((name: "Authorization", value: authorization))
    }
    return HTTPRequest(
      request.method, target, headers: HTTPFields(fields), body: request.body, byteLimit: request.byteLimit)
  }
}

extension HTTPOrigin {
  /// The `Host` field that goes out: without the port where that is the scheme's own.
  var signedHost: String {
    if case .tcp(let usesTLS, let host, let port?) = self, port == (usesTLS ? 443 : 80) {
      return HTTPOrigin.tcp(usesTLS: usesTLS, host: host, port: nil).authority
    }
    return authority
  }
}
