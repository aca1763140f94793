import Foundation
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// An HTTP server that misbehaves on purpose, on a free loopback port; it ends when the last reference goes.
package final class FaultServer: Sendable {
  package struct Request: Sendable {
    package let method: String
    package let target: String
    /// By lower-case names.
    package let headers: [String: String]
    package let body: [UInt8]
  }

  /// What a connection does for one request, in order; the connection stays open after the last step.
  package enum Step: Sendable {
    case bytes([UInt8])
    case pause(seconds: Double)
    /// Sends the same bytes until the client is gone.
    case endless([UInt8])
    /// Sends the same bytes that often.
    case repeated([UInt8], count: Int)
    /// Closes with a reset, so that what is under way is lost.
    case reset
    case close

    package static func text(_ text: String) -> Step { .bytes(Array(text.utf8)) }

    /// A whole answer with its right length.
    package static func answer(
      _ status: Int, _ headers: [String: String] = [:], _ body: String = ""
    ) -> Step {
      var head = "HTTP/1.1 \(status) X\r\n"
      for (name, value) in headers { head += "\(name): \(value)\r\n" }
      if headers["Content-Length"] == nil { head += "Content-Length: \(body.utf8.count)\r\n" }
      return .text(head + "\r\n" + body)
    }
  }

  package typealias Handler = @Sendable (_ request: Request, _ earlierCount: Int) -> [Step]

  package let port: UInt16
  private let listener: Int32
  private let shared: Shared

  /// What connections go on using for a moment after the server is gone.
  private final class Shared: Sendable {
    let handler: Handler
    let requests = Mutex<[Request]>([])
    let connectionCount = Mutex(0)
    let isOver = Mutex(false)

    init(_ handler: @escaping Handler) { self.handler = handler }
  }

  package init(_ handler: @escaping Handler) throws {
    _ = signal(SIGPIPE, SIG_IGN)
    #if canImport(Glibc)
      listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    #else
      listener = socket(AF_INET, SOCK_STREAM, 0)
    #endif
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let listener = listener
    let status = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, length) == 0 && listen(listener, 64) == 0
          && getsockname(listener, $0, &length) == 0
      }
    }
    guard status else { throw ServerError(description: "cannot listen: \(String(cString: strerror(errno)))") }
    port = UInt16(bigEndian: address.sin_port)
    let shared = Shared(handler)
    self.shared = shared
    Thread.detachNewThread {
      while true {
        let connection = accept(listener, nil, nil)
        guard connection >= 0 else { return }
        shared.connectionCount.withLock { $0 += 1 }
        Thread.detachNewThread { Self.serve(connection, shared) }
      }
    }
  }

  deinit {
    shared.isOver.withLock { $0 = true }
    // Wakes the thread that accepts; on Linux closing alone would not.
    _ = shutdown(listener, Int32(SHUT_RDWR))
    _ = close(listener)
  }

  package var requests: [Request] { shared.requests.withLock { $0 } }
  package var connectionCount: Int { shared.connectionCount.withLock { $0 } }
  package var url: String { "http://127.0.0.1:\(port)" }

  private static func serve(_ connection: Int32, _ shared: Shared) {
    var buffered: [UInt8] = []
    var isOpen = true
    while isOpen, let request = readRequest(connection, &buffered, shared) {
      let earlierCount = shared.requests.withLock { requests in
        requests.append(request)
        return requests.count - 1
      }
      for step in shared.handler(request, earlierCount) where isOpen {
        isOpen = perform(step, connection, shared)
      }
    }
    _ = close(connection)
  }

  /// `false` once the connection is of no more use.
  private static func perform(_ step: Step, _ connection: Int32, _ shared: Shared) -> Bool {
    switch step {
    case .bytes(let bytes): return send(bytes, connection)
    case .pause(let seconds):
      let end = Date().addingTimeInterval(seconds)
      while Date() < end, !shared.isOver.withLock({ $0 }) { usleep(5000) }
      return true
    case .endless(let bytes):
      while !shared.isOver.withLock({ $0 }), send(bytes, connection) {}
      return false
    case .repeated(let bytes, let count): return (0..<count).allSatisfy { _ in send(bytes, connection) }
    case .reset:
      var linger = linger(l_onoff: 1, l_linger: 0)
      setsockopt(connection, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
      return false
    case .close: return false
    }
  }

  private static func send(_ bytes: [UInt8], _ connection: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(connection, $0.baseAddress, $0.count) }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  private static func readRequest(_ connection: Int32, _ buffered: inout [UInt8], _ shared: Shared)
    -> Request?
  {
    guard let head = readUntil(connection, &buffered, shared, { end(ofHead: $0) }) else { return nil }
    let lines = String(decoding: head, as: UTF8.self).components(separatedBy: "\r\n")
    let words = lines[0].split(separator: " ")
    guard words.count == 3 else { return nil }
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1)
      if parts.count == 2 {
        headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
      }
    }
    let length = headers["content-length"].flatMap { Int($0) } ?? 0
    guard let body = readUntil(connection, &buffered, shared, { $0.count >= length ? length : nil }) else {
      return nil
    }
    return Request(method: String(words[0]), target: String(words[1]), headers: headers, body: body)
  }

  private static func end(ofHead bytes: [UInt8]) -> Int? {
    Data(bytes).range(of: Data("\r\n\r\n".utf8)).map(\.upperBound)
  }

  private static func readUntil(
    _ connection: Int32, _ buffered: inout [UInt8], _ shared: Shared, _ end: ([UInt8]) -> Int?
  ) -> [UInt8]? {
    while true {
      if let end = end(buffered) {
        defer { buffered.removeFirst(end) }
        return Array(buffered.prefix(end))
      }
      var waiting = pollfd(fd: connection, events: Int16(POLLIN), revents: 0)
      while poll(&waiting, 1, 20) == 0 {
        if shared.isOver.withLock({ $0 }) { return nil }
      }
      var chunk = [UInt8](repeating: 0, count: 65_536)
      let count = read(connection, &chunk, chunk.count)
      guard count > 0 else { return nil }
      buffered += chunk.prefix(count)
    }
  }
}
