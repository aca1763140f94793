import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What one run of a program cost.
struct RunCost {
  var wallSeconds: Double
  var peakMemoryByteCount: Int
}

struct BenchmarkFailure: Error, CustomStringConvertible {
  let description: String
}

/// A program with its arguments and environment, to be run and measured many times.
struct TimedProcess {
  let executable: String
  let arguments: [String]
  let environment: [String: String]
  /// A run that ends otherwise has not done the work, and must not be measured as if it had.
  var expectedExitCode: Int32 = 0

  /// Runs to the end and measures from before the start until it was waited for; its output goes to /dev/null, or to
  /// `outputPath` where that is given.
  func run(outputPath: String = "/dev/null") throws -> RunCost {
    let start = ContinuousClock.now
    let pid = try spawn(input: "/dev/null", outputPath: outputPath)
    var status: CInt = 0
    var usage = rusage()
    while wait4(pid, &status, 0, &usage) == -1, errno == EINTR {}
    let elapsed = ContinuousClock.now - start
    let exitCode = status & 0x7f == 0 ? (status >> 8) & 0xff : -(status & 0x7f)
    guard exitCode == expectedExitCode else {
      throw BenchmarkFailure(
        description: "\(executable) \(arguments.joined(separator: " ")) ended with \(exitCode), "
          + "not \(expectedExitCode); run it by hand to see why")
    }
    #if canImport(Darwin)
      let peak = usage.ru_maxrss
    #else
      let peak = usage.ru_maxrss * 1024
    #endif
    let (seconds, attoseconds) = elapsed.components
    return RunCost(wallSeconds: Double(seconds) + Double(attoseconds) / 1e18, peakMemoryByteCount: peak)
  }

  /// Runs to the end and returns its standard output.
  func output() throws -> String {
    let path = NSTemporaryDirectory() + "/reslock-bench-output-\(UUID().uuidString)"
    defer { unlink(path) }
    _ = try run(outputPath: path)
    return String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
  }

  /// Starts without waiting; the caller kills and reaps.
  func spawn(input: String, outputPath: String) throws -> pid_t {
    #if canImport(Darwin)
      var actions: posix_spawn_file_actions_t?
    #else
      var actions = posix_spawn_file_actions_t()
    #endif
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, outputPath, O_WRONLY | O_CREAT, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    var argumentPointers = ([executable] + arguments).map { strdup($0) } + [nil]
    var environmentPointers = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for pointer in argumentPointers + environmentPointers { free(pointer) } }
    var pid: pid_t = -1
    let code = posix_spawn(&pid, executable, &actions, nil, &argumentPointers, &environmentPointers)
    guard code == 0 else {
      throw BenchmarkFailure(description: "cannot start \(executable): \(String(cString: strerror(code)))")
    }
    return pid
  }
}
