import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Passes bytes between clients and a server of this machine, each a while after it came: a network with that delay.
///
/// Opening a connection is not delayed. It ends with the program.
final class DelayProxy: Sendable {
  let port: UInt16

  init(to target: UInt16, oneWaySeconds: Double) throws {
    let listener = Loopback.socket()
    guard let port = Loopback.bind(listener, port: 0), listen(listener, 64) == 0 else {
      throw BenchmarkFailure(description: "no port can be had for the proxy")
    }
    self.port = port
    Thread.detachNewThread {
      while true {
        let client = accept(listener, nil, nil)
        guard client >= 0 else { return }
        let server = Loopback.socket()
        guard Loopback.connect(server, port: target) else {
          close(client)
          close(server)
          continue
        }
        for descriptor in [client, server] { Loopback.setNoDelay(descriptor) }
        Pump.start(from: client, to: server, delaySeconds: oneWaySeconds)
        Pump.start(from: server, to: client, delaySeconds: oneWaySeconds)
      }
    }
  }
}

/// One direction of one connection: a thread reads, another writes what is due.
private final class Pump: @unchecked Sendable {
  private let condition = NSCondition()
  /// Guarded by `condition`; no bytes are the end.
  private var waiting: [(due: Date, bytes: [UInt8])] = []

  static func start(from source: Int32, to target: Int32, delaySeconds: Double) {
    let pump = Pump()
    Thread.detachNewThread {
      var buffer = [UInt8](repeating: 0, count: 65_536)
      while true {
        let count = read(source, &buffer, buffer.count)
        pump.add((Date(timeIntervalSinceNow: delaySeconds), Array(buffer.prefix(max(count, 0)))))
        if count <= 0 { return }
      }
    }
    Thread.detachNewThread {
      while true {
        let (due, bytes) = pump.take()
        Thread.sleep(until: due)
        guard !bytes.isEmpty, send(bytes, target) else { break }
      }
      // The other direction closes its own end; descriptors are few here, and end with the program.
      shutdown(target, Int32(SHUT_WR))
    }
  }

  private func add(_ item: (Date, [UInt8])) {
    condition.lock()
    waiting.append(item)
    condition.signal()
    condition.unlock()
  }

  private func take() -> (due: Date, bytes: [UInt8]) {
    condition.lock()
    defer { condition.unlock() }
    while waiting.isEmpty { condition.wait() }
    return waiting.removeFirst()
  }

  private static func send(_ bytes: [UInt8], _ target: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(target, $0.baseAddress, $0.count) }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }
}

/// Sockets of this machine's loopback interface.
enum Loopback {
  static func socket() -> Int32 {
    #if canImport(Glibc)
      Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    #else
      Darwin.socket(AF_INET, SOCK_STREAM, 0)
    #endif
  }

  /// The port that it got; `nil` where it got none.
  static func bind(_ descriptor: Int32, port: UInt16) -> UInt16? {
    var address = address(port)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        #if canImport(Glibc)
          let status = Glibc.bind(descriptor, pointer, length)
        #else
          let status = Darwin.bind(descriptor, pointer, length)
        #endif
        return status == 0 && getsockname(descriptor, pointer, &length) == 0
      }
    }
    return isBound ? UInt16(bigEndian: address.sin_port) : nil
  }

  static func connect(_ descriptor: Int32, port: UInt16) -> Bool {
    var address = address(port)
    return withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        #if canImport(Glibc)
          Glibc.connect(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
        #else
          Darwin.connect(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
        #endif
      }
    }
  }

  static func setNoDelay(_ descriptor: Int32) {
    var value: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &value, socklen_t(MemoryLayout<Int32>.size))
  }

  /// A port that nobody listens on at this moment.
  static func freePort() throws -> UInt16 {
    let descriptor = socket()
    defer { close(descriptor) }
    guard let port = bind(descriptor, port: 0) else {
      throw BenchmarkFailure(description: "no free port is to be had")
    }
    return port
  }

  private static func address(_ port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    address.sin_port = port.bigEndian
    return address
  }
}
