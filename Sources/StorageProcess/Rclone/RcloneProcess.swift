internal import NIOCore
internal import NIOHTTP1
internal import NIOHTTP2
internal import NIOPosix
internal import ResticStorage
internal import StorageHTTP
internal import Synchronization

/// One rclone that serves REST over HTTP/2 on its standard streams.
final class RcloneProcess: HTTPTransport {
  /// How long to wait for it.
  struct Patience: Sendable {
    /// For its first answer.
    var startSeconds: Double
    /// For more of an answer.
    var idleSeconds: Double
    /// For a whole answer.
    var exchangeSeconds: Double
    /// For its end once its input is closed: it may have to finish with a server.
    var endSeconds: Double = 5
  }

  private let child: Child
  private let channel: any Channel
  private let streams: NIOHTTP2Handler.StreamMultiplexer
  private let fault: RcloneFault
  private let patience: Patience

  private init(
    child: Child, channel: any Channel, streams: NIOHTTP2Handler.StreamMultiplexer, fault: RcloneFault,
    patience: Patience
  ) {
    self.child = child
    self.channel = channel
    self.streams = streams
    self.fault = fault
    self.patience = patience
  }

  /// Starts `command` and waits until it answers; what it started has ended when this throws.
  static func open(
    _ command: [String], environment: StorageEnvironment, patience: Patience
  ) async throws(RcloneStartError) -> RcloneProcess {
    if Task.isCancelled { throw .cancelled }
    let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
    let (child, pipes): (Child, ChildPipes)
    do throws(ChildStartError) {
      (child, pipes) = try Child.start(command, environment: environment, on: eventLoop)
    } catch {
      throw .notStarted(error)
    }
    // Its configuration may be encrypted, and then it asks for the password.
    let loan = TerminalLoan(to: child)
    defer { loan?.giveBack() }
    let process: RcloneProcess
    let fault = RcloneFault()
    do {
      let (channel, streams) = try await NIOPipeBootstrap(group: eventLoop).takingOwnershipOfDescriptors(
        input: pipes.output.ours, output: pipes.input.ours
      ) { channel in
        channel.eventLoop.makeCompletedFuture {
          let streams = try channel.pipeline.syncOperations.configureHTTP2Pipeline(
            mode: .client, connectionConfiguration: .init(), streamConfiguration: .init()
          ) { $0.close() }
          try channel.pipeline.syncOperations.addHandler(ClosingOnError(fault))
          return (channel, streams)
        }
      }
      process = RcloneProcess(
        child: child, channel: channel, streams: streams, fault: fault, patience: patience)
    } catch {
      pipes.closeOurs()
      await child.end()
      throw .failed(program: child.name, HTTPFailure(.connection, "\(error)"), .unknown)
    }
    do throws(HTTPFailure) {
      // There is no such file; any answer says that it is up.
      let request = HTTPRequest(.get, "/file-\(UInt64.random(in: 0...UInt64.max))")
      _ = try await process.exchange(request, patienceSeconds: patience.startSeconds)
      return process
    } catch {
      try? await process.channel.close()
      let exit = await child.end(grace: error.kind == .connection ? .seconds(2) : .milliseconds(100))
      if error.kind == .cancelled || exit.isInterruption { throw .cancelled }
      if let reason = fault.reason {
        throw .failed(program: child.name, HTTPFailure(.unusable, reason), exit)
      }
      throw .failed(program: child.name, error, exit)
    }
  }

  func exchange(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
    guard channel.isActive else {
      throw HTTPFailure(
        .unusable, fault.reason ?? "rclone has ended; see what it says above, and run reslock again")
    }
    return try await exchange(request, patienceSeconds: patience.idleSeconds)
  }

  /// Ends rclone and waits until nothing is left of it.
  func close() async {
    try? await channel.close()
    await child.end(grace: .ofSeconds(patience.endSeconds))
  }

  deinit {
    channel.close(promise: nil)
    child.beginEnding()
  }

  private func exchange(
    _ request: HTTPRequest, patienceSeconds: Double
  ) async throws(HTTPFailure) -> HTTPResponse {
    let answer = channel.eventLoop.makePromise(of: HTTPResponse.self)
    let whole = channel.eventLoop.scheduleTask(in: .ofSeconds(patience.exchangeSeconds)) { [patience] in
      answer.fail(
        HTTPFailure(
          .timedOut, "the answer was not complete after \(Int(patience.exchangeSeconds)) seconds"))
    }
    let stream = streams.createStreamChannel { stream in
      stream.eventLoop.makeCompletedFuture {
        try stream.pipeline.syncOperations.addHandler(
          HTTP2FramePayloadToHTTP1ClientCodec(httpProtocol: .http))
        try stream.pipeline.syncOperations.addHandler(
          RcloneAnswer(answer, to: request, patience: .ofSeconds(patienceSeconds)))
      }
    }
    stream.whenComplete { result in
      switch result {
      case .success(let stream): Self.send(request, over: stream, answer)
      case .failure(let error):
        answer.fail(HTTPFailure(.connection, "rclone takes no request: \(error)"))
      }
    }
    defer {
      whole.cancel()
      // An answer that nobody waits for any more need not be sent.
      stream.whenSuccess { $0.close(promise: nil) }
    }
    do {
      return try await withTaskCancellationHandler {
        try await answer.futureResult.get()
      } onCancel: {
        answer.fail(HTTPFailure(.cancelled, "the operation was cancelled"))
      }
    } catch let failure as HTTPFailure {
      throw failure
    } catch {
      throw HTTPFailure(.connection, "\(error)")
    }
  }

  private static func send(
    _ request: HTTPRequest, over stream: any Channel, _ answer: EventLoopPromise<HTTPResponse>
  ) {
    var headers = HTTPHeaders(request.headers.all.map { ($0.name, $0.value) })
    headers.replaceOrAdd(name: "Host", value: "localhost")
    if !request.body.isEmpty || request.method == .post || request.method == .put {
      headers.replaceOrAdd(name: "Content-Length", value: String(request.body.count))
    }
    let head = HTTPRequestHead(
      version: .init(major: 2, minor: 0), method: HTTPMethod(rawValue: request.method.rawValue),
      uri: request.target, headers: headers)
    stream.write(HTTPClientRequestPart.head(head), promise: nil)
    if !request.body.isEmpty {
      stream.write(HTTPClientRequestPart.body(.byteBuffer(ByteBuffer(bytes: request.body))), promise: nil)
    }
    stream.writeAndFlush(HTTPClientRequestPart.end(nil)).whenFailure { error in
      answer.fail(HTTPFailure(.connection, "rclone takes no request: \(error)"))
    }
  }
}

/// Why rclone does not serve.
enum RcloneStartError: Error, Sendable {
  case notStarted(ChildStartError)
  case failed(program: String, HTTPFailure, ChildExit)
  case cancelled
}

/// What was wrong with the connection first.
private final class RcloneFault: Sendable {
  private let kind = Mutex<String?>(nil)

  var reason: String? { kind.withLock { $0 }.map { "what it sends is no HTTP/2 (\($0))" } }

  /// Only the kind of an error is kept: its text may hold what was sent.
  func record(_ error: any Error) {
    kind.withLock { $0 = $0 ?? "\(type(of: error))" }
  }
}

/// Closes a connection on which something is wrong; whoever waits on it hears of that by its streams.
///
/// What is wrong with a single stream is no such thing: the rest of an answer that we broke off is one.
private final class ClosingOnError: ChannelInboundHandler {
  typealias InboundIn = Any

  private let fault: RcloneFault

  init(_ fault: RcloneFault) { self.fault = fault }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    switch error {
    case is NIOHTTP2Errors.StreamError, is NIOHTTP2Errors.StreamClosed, is NIOHTTP2Errors.NoSuchStream,
      is NIOHTTP2Errors.ContentLengthViolated, is NIOHTTP2Errors.ContentLengthHeadersMismatch,
      is NIOHTTP2Errors.ContentLengthHeaderNegative, is NIOHTTP2Errors.ContentLengthHeaderMalformedValue:
      break
    default:
      fault.record(error)
      context.close(promise: nil)
    }
  }
}
