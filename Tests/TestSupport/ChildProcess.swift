package import Foundation
import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// What a child left behind when it ended.
package struct ProcessResult: Sendable {
  /// The exit code, or nil when a signal ended the child.
  package let exitCode: Int32?
  /// The signal that ended the child, or nil when it exited by itself.
  package let terminationSignal: Int32?
  package let stdoutBytes: [UInt8]
  package let stderrBytes: [UInt8]
  /// Largest resident set of the child and of what it waited for, in bytes.
  package let peakMemoryByteCount: Int

  package var stdout: String { String(decoding: stdoutBytes, as: UTF8.self) }
  package var stderr: String { String(decoding: stderrBytes, as: UTF8.self) }
}

/// Why a child could not be run to its end.
package struct ChildProcessError: Error, CustomStringConvertible {
  package let description: String
}

/// A child process of a test: its outputs go to unlinked files (so it never blocks on us), its signals are reset,
/// nothing but its three standard streams is inherited, and it is killed with its process group when this value goes.
///
/// The child is reaped by `wait` only: once killed and until then it is a zombie, which some tests want.
package final class ChildProcess: Sendable {
  package let pid: pid_t
  private let commandLine: String
  private let outputDescriptor: CInt
  private let errorDescriptor: CInt
  private let state: Mutex<State>

  private struct State {
    var inputDescriptor: CInt?
    var result: ProcessResult?
    var isReaped = false
  }

  package enum Input: Sendable {
    /// `/dev/null`.
    case none
    case bytes(Data)
    /// A pipe that stays open until `closeInput`.
    case pipe
  }

  /// Starts a program in a process group of its own.
  ///
  /// `executable` is looked up on PATH where it has no slash; `environment` is the child's whole environment.
  /// Throws `ChildProcessError` when it cannot be started.
  package init(
    executable: String, arguments: [String], environment: [String: String], input: Input = .none
  ) throws {
    ignoreBrokenPipes
    commandLine = ([executable] + arguments).joined(separator: " ")
    var descriptors = Descriptors()
    do {
      try descriptors.prepare(input)
      pid = try spawn(
        executable: executable, arguments: arguments, environment: environment, descriptors: descriptors)
    } catch {
      descriptors.closeAll()
      throw error
    }
    _ = close(descriptors.childInput)
    outputDescriptor = descriptors.output
    errorDescriptor = descriptors.error
    state = Mutex(State(inputDescriptor: descriptors.parentInput))
  }

  deinit {
    let (input, isReaped) = state.withLock { ($0.inputDescriptor, $0.isReaped) }
    if !isReaped {
      _ = Self.signal(processGroup: pid, SIGKILL)
      var status: CInt = 0
      while waitpid(pid, &status, 0) == -1, errno == EINTR {}
    }
    if let input { _ = close(input) }
    _ = close(outputDescriptor)
    _ = close(errorDescriptor)
  }

  /// What the child has written so far.
  package var stdoutSoFar: String { String(decoding: contents(of: outputDescriptor), as: UTF8.self) }
  package var stderrSoFar: String { String(decoding: contents(of: errorDescriptor), as: UTF8.self) }

  /// Sends a signal to the child alone; does nothing once it was reaped.
  package func kill(_ signal: Int32) {
    state.withLock { state in
      if !state.isReaped { _ = systemKill(pid, signal) }
    }
  }

  /// Writes to a child started with `.pipe`, blocking where the pipe is full.
  package func writeInput(_ bytes: Data) throws {
    guard let descriptor = state.withLock({ $0.inputDescriptor }) else {
      throw ChildProcessError(description: "the input of \(commandLine) is closed")
    }
    try writeAll(bytes, to: descriptor)
  }

  package func closeInput() {
    state.withLock { state in
      if let descriptor = state.inputDescriptor { _ = close(descriptor) }
      state.inputDescriptor = nil
    }
  }

  /// Waits for the end of the child and reaps it; a second call answers from memory.
  ///
  /// Throws `ChildProcessError` after `timeout` and `CancellationError` when the task is cancelled; in both cases
  /// the child's process group has been killed and the child reaped.
  @discardableResult
  package func wait(timeout: Duration = .seconds(300)) async throws -> ProcessResult {
    let deadline = ContinuousClock.now + timeout
    var pause = Duration.milliseconds(1)
    while true {
      if let result = try reap(options: WNOHANG) { return result }
      if ContinuousClock.now >= deadline || Task.isCancelled {
        _ = Self.signal(processGroup: pid, SIGKILL)
        let result = try reap(options: 0)
        try Task.checkCancellation()
        throw ChildProcessError(
          description:
            "\(commandLine) did not end within \(timeout); stderr: \(result?.stderr.suffix(2000) ?? "")")
      }
      try? await Task.sleep(for: pause)
      pause = min(pause * 2, .milliseconds(20))
    }
  }

  /// True while the child has not ended; a zombie has ended.
  package var isRunning: Bool {
    state.withLock { state in
      if state.isReaped { return false }
      var information = siginfo_t()
      let isKnown = waitid(P_PID, id_t(pid), &information, WEXITED | WNOHANG | WNOWAIT) == 0
      return isKnown && information.si_signo == 0
    }
  }

  private func reap(options: CInt) throws -> ProcessResult? {
    try state.withLock { state in
      if let result = state.result { return result }
      var status: CInt = 0
      var usage = rusage()
      var answer: pid_t
      repeat { answer = wait4(pid, &status, options, &usage) } while answer == -1 && errno == EINTR
      if answer == 0 { return nil }
      state.isReaped = true
      guard answer == pid else { throw ChildProcessError(description: "\(commandLine) was reaped elsewhere") }
      let signal = status & 0x7f
      #if canImport(Darwin)
        let peakMemoryByteCount = usage.ru_maxrss
      #else
        let peakMemoryByteCount = usage.ru_maxrss * 1024
      #endif
      let result = ProcessResult(
        exitCode: signal == 0 ? (status >> 8) & 0xff : nil, terminationSignal: signal == 0 ? nil : signal,
        stdoutBytes: contents(of: outputDescriptor), stderrBytes: contents(of: errorDescriptor),
        peakMemoryByteCount: peakMemoryByteCount)
      state.result = result
      return result
    }
  }

  private static func signal(processGroup: pid_t, _ signal: Int32) -> CInt {
    systemKill(-processGroup, signal)
  }
}

extension ChildProcess {
  /// Runs a command to its end.
  ///
  /// Throws `ChildProcessError` when it cannot be started or outlives `timeout` (it is killed then). An exit code
  /// other than zero is a result, not an error.
  package static func run(
    _ executable: String, _ arguments: [String], environment: [String: String] = TestEnvironment.clean,
    standardInput: Data? = nil, timeout: Duration = .seconds(300)
  ) async throws -> ProcessResult {
    let child = try ChildProcess(
      executable: executable, arguments: arguments, environment: environment,
      input: standardInput.map(Input.bytes) ?? .none)
    return try await child.wait(timeout: timeout)
  }
}

/// Descriptors of one child, closed on exec from birth so that children started at the same time inherit none.
private struct Descriptors {
  var childInput: CInt = -1
  var parentInput: CInt?
  var output: CInt = -1
  var error: CInt = -1

  mutating func prepare(_ input: ChildProcess.Input) throws {
    output = try unlinkedFile()
    error = try unlinkedFile()
    switch input {
    case .none:
      childInput = try checked(open("/dev/null", O_RDONLY | O_CLOEXEC), "open /dev/null")
    case .bytes(let bytes):
      childInput = try unlinkedFile()
      try writeAll(bytes, to: childInput)
      _ = lseek(childInput, 0, SEEK_SET)
    case .pipe:
      // A named pipe, as only `open` can ask for close-on-exec in one step on every platform.
      let path = temporaryPath()
      _ = try checked(mkfifo(path, 0o600), "mkfifo")
      defer { unlink(path) }
      childInput = try checked(open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC), "open a pipe")
      parentInput = try checked(open(path, O_WRONLY | O_CLOEXEC), "open a pipe")
      _ = try checked(fcntl(childInput, F_SETFL, O_RDONLY), "fcntl")
    }
  }

  func closeAll() {
    for descriptor in [childInput, parentInput ?? -1, output, error] where descriptor >= 0 {
      _ = close(descriptor)
    }
  }
}

private func spawn(
  executable: String, arguments: [String], environment: [String: String], descriptors: Descriptors
) throws -> pid_t {
  #if canImport(Darwin)
    var actions: posix_spawn_file_actions_t?
    var attributes: posix_spawnattr_t?
  #else
    var actions = posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
  #endif
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  posix_spawnattr_init(&attributes)
  defer { posix_spawnattr_destroy(&attributes) }
  posix_spawn_file_actions_adddup2(&actions, descriptors.childInput, 0)
  posix_spawn_file_actions_adddup2(&actions, descriptors.output, 1)
  posix_spawn_file_actions_adddup2(&actions, descriptors.error, 2)

  // A test runner may ignore or block signals; the child starts as from a shell.
  var everySignal = sigset_t()
  sigfillset(&everySignal)
  posix_spawnattr_setsigdefault(&attributes, &everySignal)
  var noSignal = sigset_t()
  sigemptyset(&noSignal)
  posix_spawnattr_setsigmask(&attributes, &noSignal)
  posix_spawnattr_setpgroup(&attributes, 0)
  var flags = Int16(POSIX_SPAWN_SETSIGDEF) | Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETPGROUP)
  #if canImport(Darwin)
    flags |= Int16(POSIX_SPAWN_CLOEXEC_DEFAULT)
  #endif
  posix_spawnattr_setflags(&attributes, flags)

  var argumentPointers: [UnsafeMutablePointer<CChar>?] = ([executable] + arguments).map { strdup($0) } + [nil]
  var environmentPointers: [UnsafeMutablePointer<CChar>?] =
    environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
  defer { for pointer in argumentPointers + environmentPointers { free(pointer) } }
  var pid: pid_t = -1
  let code = posix_spawnp(&pid, executable, &actions, &attributes, &argumentPointers, &environmentPointers)
  guard code == 0 else {
    throw ChildProcessError(description: "cannot start \(executable): \(String(cString: strerror(code)))")
  }
  return pid
}

private func temporaryPath() -> String {
  FileManager.default.temporaryDirectory.appendingPathComponent("child-\(UUID().uuidString)").path
}

private func unlinkedFile() throws -> CInt {
  let path = temporaryPath()
  let descriptor = try checked(open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600), "open \(path)")
  unlink(path)
  return descriptor
}

private func contents(of descriptor: CInt) -> [UInt8] {
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 65536)
  while true {
    let count = pread(descriptor, &chunk, chunk.count, off_t(bytes.count))
    if count == -1, errno == EINTR { continue }
    guard count > 0 else { return bytes }
    bytes += chunk[..<count]
  }
}

private func writeAll(_ bytes: Data, to descriptor: CInt) throws {
  var rest = bytes[...]
  while !rest.isEmpty {
    let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    if count == -1, errno == EINTR { continue }
    rest = rest.dropFirst(Int(try checked(CInt(clamping: count), "write")))
  }
}

private func checked(_ result: CInt, _ call: String) throws -> CInt {
  guard result >= 0 else {
    throw ChildProcessError(description: "\(call): \(String(cString: strerror(errno)))")
  }
  return result
}

/// A write to a child that is gone must be an error, not the end of the test run.
private let ignoreBrokenPipes: Void = { _ = signal(SIGPIPE, SIG_IGN) }()

private func systemKill(_ pid: pid_t, _ signal: CInt) -> CInt { kill(pid, signal) }
