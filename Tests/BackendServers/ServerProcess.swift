import Foundation
import TestSupport

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A server of a test's own on a free port of the loopback interface; it is killed when the last reference goes.
package final class ServerProcess: Sendable {
  package let port: UInt16
  private let child: ChildProcess

  /// Starts what `command` makes for a port, and waits until the port answers.
  ///
  /// A port can be taken between its choice and its use; then another one is tried.
  package init(
    _ what: String, environment: [String: String] = [:], patience: Duration = .seconds(180),
    command: (_ port: UInt16) throws -> [String]
  ) async throws {
    for _ in 0..<5 {
      let port = try Self.freePort()
      let arguments = try command(port)
      let child = try ChildProcess(
        executable: arguments[0], arguments: Array(arguments.dropFirst()),
        environment: TestEnvironment.clean.merging(environment) { $1 })
      let deadline = ContinuousClock.now + patience
      while child.isRunning, ContinuousClock.now < deadline {
        if Self.answers(port) {
          (self.port, self.child) = (port, child)
          return
        }
        try await Task.sleep(for: .milliseconds(10))
      }
      let output = child.stderrSoFar + child.stdoutSoFar
      guard output.contains("in use") else {
        throw ServerError(description: "\(what) does not come up: \(output.suffix(2000))")
      }
    }
    throw ServerError(description: "\(what) finds no free port")
  }

  /// What the server has said so far.
  package var log: String { child.stdoutSoFar + child.stderrSoFar }

  /// A port that nobody listens on at this moment.
  package static func freePort() throws -> UInt16 {
    try withLoopbackSocket { descriptor, address in
      guard bind(descriptor, address, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 else { return nil }
      var bound = sockaddr_in()
      var length = socklen_t(MemoryLayout<sockaddr_in>.size)
      let status = withUnsafeMutablePointer(to: &bound) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
      }
      return status == 0 ? UInt16(bigEndian: bound.sin_port) : nil
    }
  }

  private static func answers(_ port: UInt16) -> Bool {
    let answer = try? withLoopbackSocket(port: port) { descriptor, address in
      connect(descriptor, address, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 ? true : nil
    }
    return answer == true
  }

  private static func withLoopbackSocket<Result>(
    port: UInt16 = 0, _ body: (Int32, UnsafePointer<sockaddr>) -> Result?
  ) throws -> Result {
    #if canImport(Glibc)
      let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    #else
      let descriptor = socket(AF_INET, SOCK_STREAM, 0)
    #endif
    defer { _ = close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body(descriptor, $0) }
    }
    guard let result else {
      throw ServerError(description: "port \(port): \(String(cString: strerror(errno)))")
    }
    return result
  }
}

package struct ServerError: Error, CustomStringConvertible {
  package let description: String

  package init(description: String) { self.description = description }
}

/// A program of the checkout's `.peers` folder, which `make peers` fills.
package enum Peer {
  package static func path(_ name: String) throws -> String {
    let path = TestEnvironment.checkout.appendingPathComponent(".peers/\(name)").path
    guard FileManager.default.isExecutableFile(atPath: path) else {
      throw ServerError(description: "no \(name) in .peers: run make peers")
    }
    return path
  }
}
