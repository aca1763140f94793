internal import NIOCore
internal import NIOPosix
internal import ResticStorage

/// One ssh and the SFTP session it carries; many requests may be under way at once.
final class SFTPSession: Sendable {
  /// How long to wait for the server.
  struct Patience: Sendable {
    /// For the session to come about.
    var startSeconds: Double
    /// The same where the terminal is lent to ssh, as a person may have to type.
    var startAtTerminalSeconds: Double = 300
    /// For one answer.
    var answerSeconds: Double
    /// For one operation of several requests.
    var operationSeconds: Double
    /// For ssh to end once its input is closed.
    var endSeconds: Double = 2
  }

  let offers: Set<SFTPExtension>
  let patience: Patience
  private let child: Child
  private let channel: any Channel

  private init(child: Child, channel: any Channel, offers: Set<SFTPExtension>, patience: Patience) {
    self.child = child
    self.channel = channel
    self.offers = offers
    self.patience = patience
  }

  /// Starts `command` and the session; what it started has ended when this throws.
  static func open(
    _ command: [String], environment: StorageEnvironment, patience: Patience
  ) async throws(SFTPStartError) -> SFTPSession {
    if Task.isCancelled { throw .cancelled }
    let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
    let streams: ChildPipes
    let child: Child
    do throws(ChildStartError) {
      (child, streams) = try Child.start(command, environment: environment, on: eventLoop)
    } catch {
      throw .notStarted(error)
    }
    let loan = TerminalLoan(to: child)
    defer { loan?.giveBack() }
    let startSeconds = loan == nil ? patience.startSeconds : patience.startAtTerminalSeconds
    let greeting = eventLoop.makePromise(of: Set<SFTPExtension>.self)
    let channel: any Channel
    do {
      channel = try await NIOPipeBootstrap(group: eventLoop).channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let exchange = SFTPExchange(greeting: greeting, patience: .ofSeconds(patience.answerSeconds))
          try channel.pipeline.syncOperations.addHandler(ByteToMessageHandler(SFTPFraming()))
          try channel.pipeline.syncOperations.addHandler(exchange)
          let context = try channel.pipeline.syncOperations.context(handler: exchange)
          exchange.begin(context: context, patience: .ofSeconds(startSeconds))
        }
      }.takingOwnershipOfDescriptors(input: streams.output.ours, output: streams.input.ours).get()
    } catch {
      greeting.fail(error)
      streams.closeOurs()
      await child.end()
      throw .failed(program: child.name, .system("\(error)"), .unknown)
    }
    do {
      let offers = try await withTaskCancellationHandler {
        try await greeting.futureResult.get()
      } onCancel: {
        greeting.fail(SFTPFailure.cancelled)
      }
      return SFTPSession(child: child, channel: channel, offers: offers, patience: patience)
    } catch {
      try? await channel.close()
      let failure = SFTPFailure(error)
      // Silence won't be broken by waiting more; what has ended its output has its exit status soon.
      let exit = await child.end(grace: failure.isEnd ? .seconds(2) : .milliseconds(100))
      if case .cancelled = failure { throw .cancelled }
      if exit.isInterruption { throw .cancelled }
      throw .failed(program: child.name, failure, exit)
    }
  }

  var isUsable: Bool { channel.isActive }

  /// Ends the session and waits until nothing is left of ssh.
  func close() async {
    try? await channel.close()
    await child.end(grace: .ofSeconds(patience.endSeconds))
  }

  deinit {
    channel.close(promise: nil)
    child.beginEnding()
  }

  /// Sends one request and waits for its answer.
  ///
  /// `isCancellable` is false for what has to be said even when the task is cancelled: that something be closed or
  /// removed again.
  func ask(_ request: SFTPRequest, isCancellable: Bool = true) async throws(SFTPFailure) -> SFTPReply {
    let answer = send(request)
    guard isCancellable else {
      do { return try await answer.get() } catch { throw SFTPFailure(error) }
    }
    let outcome = channel.eventLoop.makePromise(of: SFTPReply.self)
    answer.cascade(to: outcome)
    do {
      return try await withTaskCancellationHandler {
        try await outcome.futureResult.get()
      } onCancel: {
        outcome.fail(SFTPFailure.cancelled)
      }
    } catch {
      let failure = SFTPFailure(error)
      if case .cancelled = failure {
        // Nobody is there any more to close what is opened now.
        answer.whenSuccess { reply in
          if case .handle(let handle) = reply { self.closeLater(handle) }
        }
      }
      throw failure
    }
  }

  /// Has a handle closed without waiting for it.
  func closeLater(_ handle: ByteBuffer) { _ = send(.close(handle: handle)) }

  private func send(_ request: SFTPRequest) -> EventLoopFuture<SFTPReply> {
    let answer = channel.eventLoop.makePromise(of: SFTPReply.self)
    channel.writeAndFlush(SFTPCall(request: request, answer: answer)).whenFailure { _ in
      answer.fail(SFTPFailure.lost)
    }
    return answer.futureResult
  }
}

/// Why no session came about.
enum SFTPStartError: Error, Sendable {
  case notStarted(ChildStartError)
  case failed(program: String, SFTPFailure, ChildExit)
  case cancelled
}

extension SFTPFailure {
  var isEnd: Bool { if case .lost = self { true } else { false } }
}

extension TimeAmount {
  static func ofSeconds(_ seconds: Double) -> TimeAmount {
    .nanoseconds(Int64(min(max(seconds, 0), 1e9) * 1e9))
  }
}
