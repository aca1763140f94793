internal import NIOCore

/// A request on its way, and where its answer goes.
struct SFTPCall: Sendable {
  let request: SFTPRequest
  let answer: EventLoopPromise<SFTPReply>
}

/// Gives requests their numbers and answers to whoever asked, on one connection.
///
/// After the first thing that is wrong (silence, an end, a packet that is no SFTP, an answer to nothing) every request
/// under way fails and the connection is closed.
final class SFTPExchange: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = SFTPCall
  typealias OutboundOut = ByteBuffer

  private struct Pending {
    let answer: EventLoopPromise<SFTPReply>
    let patience: Scheduled<Void>
  }

  private let greeting: EventLoopPromise<Set<SFTPExtension>>
  private let patience: TimeAmount
  private var greetingPatience: Scheduled<Void>?
  private var isGreeted = false
  private var pending: [UInt32: Pending] = [:]
  private var nextID: UInt32 = 0

  /// - Parameters:
  ///   - greeting: gets what the server offers once it has answered to our first packet.
  ///   - patience: how long the server may take for an answer.
  init(greeting: EventLoopPromise<Set<SFTPExtension>>, patience: TimeAmount) {
    self.greeting = greeting
    self.patience = patience
  }

  /// Sends the first packet; `patience` is how long its answer may take, as a person may have to type meanwhile.
  func begin(context: ChannelHandlerContext, patience: TimeAmount) {
    greetingPatience = expire(after: patience, context)
    context.writeAndFlush(wrapOutboundOut(SFTPRequest.initialPacket), promise: nil)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    let call = unwrapOutboundIn(data)
    repeat { nextID &+= 1 } while pending[nextID] != nil
    pending[nextID] = Pending(answer: call.answer, patience: expire(after: patience, context))
    context.write(wrapOutboundOut(call.request.packet(id: nextID)), promise: promise)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let packet = unwrapInboundIn(data)
    do throws(SFTPProtocolError) {
      guard isGreeted else { return try greet(packet) }
      let (id, reply) = try SFTPReply.parse(packet)
      guard let call = pending.removeValue(forKey: id) else { throw SFTPProtocolError.unknownRequest(id) }
      call.patience.cancel()
      call.answer.succeed(reply)
    } catch {
      fail(.broken(error), context)
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    fail(.lost, context)
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    fail(SFTPFailure(error), context)
  }

  func handlerRemoved(context: ChannelHandlerContext) { fail(.lost, context) }

  private func greet(_ packet: ByteBuffer) throws(SFTPProtocolError) {
    var reader = SFTPReader(packet)
    let type = try reader.uint8()
    guard type == 2 else { throw .unknownType(type) }
    let version = try reader.uint32()
    guard version == 3 else { throw .version(version) }
    var names: Set<String> = []
    while !reader.isAtEnd {
      names.insert(try reader.text())
      _ = try reader.bytes()
    }
    isGreeted = true
    greetingPatience?.cancel()
    greeting.succeed(Set(SFTPExtension.allCases.filter { names.contains($0.name) }))
  }

  private func expire(after patience: TimeAmount, _ context: ChannelHandlerContext) -> Scheduled<Void> {
    let (loopBoundSelf, loopBoundContext) = (
      NIOLoopBound(self, eventLoop: context.eventLoop), NIOLoopBound(context, eventLoop: context.eventLoop)
    )
    return context.eventLoop.scheduleTask(in: patience) {
      loopBoundSelf.value.fail(
        .timedOut(seconds: Int(patience.nanoseconds / 1_000_000_000)), loopBoundContext.value)
    }
  }

  private func fail(_ failure: SFTPFailure, _ context: ChannelHandlerContext) {
    greetingPatience?.cancel()
    greeting.fail(failure)
    let calls = pending.values
    pending = [:]
    for call in calls {
      call.patience.cancel()
      call.answer.fail(failure)
    }
    context.close(promise: nil)
  }
}
