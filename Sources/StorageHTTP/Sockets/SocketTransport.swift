internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import ResticStorage

/// Exchanges with one server over TCP, TLS or a unix socket, over connections that are kept and used again.
package struct SocketTransport: HTTPTransport {
  package let origin: HTTPOrigin
  package let clock: ServerClock
  private let client: SocketClient

  /// The connections are those of `client`, whose owner closes it; `clock` learns from the dates of the answers.
  package init(_ origin: HTTPOrigin, client: SocketClient, clock: ServerClock? = nil) {
    self.origin = origin
    self.client = client
    self.clock = clock ?? ServerClock(now: SystemTime.now, isRemote: { await origin.isRemote() })
  }

  package func ownTarget(of location: String) -> String? { origin.ownTarget(of: location) }

  package func exchange(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
    try await clock.timing { () async throws(HTTPFailure) in
      do {
        return try await withDeadline(client.settings.exchangeTimeoutSeconds) { try await send(request) }
      } catch {
        throw HTTPFailure(describing: error, origin: origin)
      }
    }
  }

  private func send(_ request: HTTPRequest) async throws -> HTTPResponse {
    var outgoing = HTTPClientRequest(url: origin.urlPrefix + request.target)
    outgoing.method = HTTPMethod(rawValue: request.method.rawValue)
    for field in request.headers.all { outgoing.headers.add(name: field.name, value: field.value) }
    if outgoing.headers["User-Agent"].isEmpty {
      outgoing.headers.add(name: "User-Agent", value: client.settings.userAgent)
    }
    if case .unixSocket = origin { outgoing.headers.replaceOrAdd(name: "Host", value: origin.authority) }
    if !request.body.isEmpty || request.method == .post || request.method == .put {
      outgoing.body = .bytes(ByteBuffer(bytes: request.body))
    }
    let incoming = try await client.http.execute(outgoing, deadline: .distantFuture, logger: nil)
    let status = Int(incoming.status.code)
    let headers = HTTPFields(incoming.headers.map { (name: $0.name, value: $0.value) })
    guard request.method != .head else { return HTTPResponse(status: status, headers: headers, body: []) }
    if (200..<300).contains(status), let declared = headers["Content-Length"].flatMap({ Int($0) }),
      declared > request.byteLimit
    {
      throw HTTPFailure(.bodyTooLarge, "the answer has more than \(request.byteLimit) bytes")
    }
    var collector = HTTPBodyCollector(status: status, byteLimit: request.byteLimit)
    for try await piece in incoming.body {
      guard try collector.append(piece.readableBytesView) else { break }
    }
    return HTTPResponse(status: status, headers: headers, body: collector.body)
  }
}

/// Ends `body` when it takes longer than that.
func withDeadline<Result: Sendable>(
  _ seconds: Double, _ body: @escaping @Sendable () async throws -> Result
) async throws -> Result {
  try await withThrowingTaskGroup(of: Result.self) { group in
    group.addTask(operation: body)
    group.addTask {
      try await Task.sleep(for: .seconds(seconds))
      throw HTTPFailure(.timedOut, "the answer was not complete after \(Int(seconds)) seconds")
    }
    defer { group.cancelAll() }
    guard let result = try await group.next() else { throw CancellationError() }
    return result
  }
}
