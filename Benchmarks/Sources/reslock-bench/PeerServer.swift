import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A server of the `.peers` folder on a free port, behind a proxy that delays; it is killed when it is stopped.
struct PeerServer {
  /// Where it answers at once.
  let port: UInt16
  /// Where it answers after a round trip of `roundTripSeconds`.
  let slowPort: UInt16
  private let pid: pid_t
  private let proxy: DelayProxy

  static let roundTripSeconds = 0.05

  init(_ executable: String, _ arguments: (UInt16) -> [String], environment: [String: String]) throws {
    port = try Loopback.freePort()
    pid = try TimedProcess(executable: executable, arguments: arguments(port), environment: environment)
      .spawn(input: "/dev/null", outputPath: "/dev/null")
    proxy = try DelayProxy(to: port, oneWaySeconds: Self.roundTripSeconds / 2)
    slowPort = proxy.port
    let deadline = ContinuousClock.now + .seconds(60)
    while !answers {
      guard ContinuousClock.now < deadline else {
        stop()
        throw BenchmarkFailure(description: "\(executable) does not come up")
      }
      usleep(20_000)
    }
  }

  func stop() {
    kill(pid, SIGKILL)
    var status: CInt = 0
    waitpid(pid, &status, 0)
  }

  private var answers: Bool {
    let descriptor = Loopback.socket()
    defer { close(descriptor) }
    return Loopback.connect(descriptor, port: port)
  }
}
