internal import NIOCore
internal import NIOHTTP1
internal import StorageHTTP

/// Gathers one answer on its own stream, within its bounds of bytes and time.
final class RcloneAnswer: ChannelInboundHandler {
  typealias InboundIn = HTTPClientResponsePart

  private let answer: EventLoopPromise<HTTPResponse>
  private let byteLimit: Int
  private let hasBody: Bool
  /// How long it may say nothing.
  private let patience: TimeAmount
  private var silence: Scheduled<Void>?
  private var head: (status: Int, headers: HTTPFields)?
  private var collector: HTTPBodyCollector?

  init(_ answer: EventLoopPromise<HTTPResponse>, to request: HTTPRequest, patience: TimeAmount) {
    self.answer = answer
    byteLimit = request.byteLimit
    hasBody = request.method != .head
    self.patience = patience
  }

  func handlerAdded(context: ChannelHandlerContext) { wait(context) }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    wait(context)
    do throws(HTTPFailure) {
      switch unwrapInboundIn(data) {
      case .head(let head): try begin(head)
      case .body(let piece):
        guard try collector?.append(piece.readableBytesView) != false else { return finish(context) }
      case .end: finish(context)
      }
    } catch {
      fail(error, context)
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    fail(HTTPFailure(.connection, "rclone broke the answer off"), context)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    fail(HTTPFailure(.connection, "rclone's answer is no HTTP/2: \(error)"), context)
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    silence?.cancel()
    answer.fail(HTTPFailure(.connection, "rclone broke the answer off"))
  }

  private func begin(_ head: HTTPResponseHead) throws(HTTPFailure) {
    // What comes before the answer proper.
    guard head.status.code >= 200 else { return }
    let headers = HTTPFields(head.headers.map { (name: $0.name, value: $0.value) })
    let status = Int(head.status.code)
    self.head = (status, headers)
    collector = HTTPBodyCollector(status: status, byteLimit: byteLimit)
    if hasBody, (200..<300).contains(status), let declared = headers["Content-Length"].flatMap({ Int($0) }),
      declared > byteLimit
    {
      throw HTTPFailure(.bodyTooLarge, "the answer has more than \(byteLimit) bytes")
    }
  }

  private func finish(_ context: ChannelHandlerContext) {
    guard let head else { return fail(HTTPFailure(.connection, "rclone's answer has no status"), context) }
    answer.succeed(
      HTTPResponse(status: head.status, headers: head.headers, body: hasBody ? collector?.body ?? [] : []))
    context.close(promise: nil)
  }

  private func fail(_ failure: HTTPFailure, _ context: ChannelHandlerContext) {
    answer.fail(failure)
    context.close(promise: nil)
  }

  private func wait(_ context: ChannelHandlerContext) {
    silence?.cancel()
    let (loopBoundSelf, loopBoundContext) = (
      NIOLoopBound(self, eventLoop: context.eventLoop), NIOLoopBound(context, eventLoop: context.eventLoop)
    )
    let seconds = patience.nanoseconds / 1_000_000_000
    silence = context.eventLoop.scheduleTask(in: patience) {
      loopBoundSelf.value.fail(
        HTTPFailure(.timedOut, "rclone did not answer within \(seconds) seconds"), loopBoundContext.value)
    }
  }
}
