#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif
internal import ChildPrograms
internal import ResticCrypto

/// A program whose output is the password (restic manual, "Environment variables", RESTIC_PASSWORD_COMMAND).
struct PasswordCommand {
  /// The program and what follows it; no shell sees them.
  let arguments: [String]
  let environment: Environment
  /// What the output is for, in errors.
  var purpose = "the password"

  static let outputByteLimit = 64 << 10

  /// The output without the white space around it; the program's errors go where ours go.
  ///
  /// Its input is empty, as under restic: a program that asks a person opens the terminal itself. Only a program
  /// that ends with exit status 0 gives a password. Waits, so it belongs on a thread of its own. Errors name the
  /// program but neither its arguments nor its output, which may be secret.
  ///
  /// What is sent through `wake` ends the wait for the program, and the program.
  func run(_ wake: WakePipe) throws(InputError) -> SecretBytes {
    guard let name = arguments.first, let program = ProgramPath.find(name, path: environment["PATH"] ?? "")
    else {
      throw failure("it is not found, or not executable", hint: "name it with its full path")
    }
    let (process, output) = try start(program)
    defer { close(output) }
    var count = 0
    var isInterrupted = false
    let whole = try SecretBytes(byteCount: Self.outputByteLimit + 1) { buffer throws(InputError) in
      do throws(SystemError) {
        while count < buffer.count {
          guard try wake.wait(orFor: output) == nil else {
            kill(process, SIGTERM)
            isInterrupted = true
            return
          }
          let step = try output.readSome(into: UnsafeMutableRawBufferPointer(rebasing: buffer[count...]))
          if step == 0 { break }
          count += step
        }
      } catch {
        Self.reapLater(process)
        throw failure("its output can't be read: \(error)")
      }
    }
    guard !isInterrupted else {
      Self.reapLater(process)
      throw InputError(.interrupted, "interrupted while the command \(arguments.first ?? "") ran")
    }
    guard count <= Self.outputByteLimit else {
      // It may never end, and is not ours to kill; closing the pipe tells it that nobody listens.
      Self.reapLater(process)
      throw failure("it gives more than \(Self.outputByteLimit) bytes")
    }
    let status = Self.wait(for: process)
    guard status == 0 else { throw failure(Self.text(ofStatus: status)) }
    return whole.part(0..<count).trimmed()
  }

  private func failure(_ reason: String, hint: String? = nil) -> InputError {
    InputError(
      .failedCommand, "cannot get \(purpose) from the command \(arguments.first ?? ""): \(reason)",
      hint: hint)
  }

  private func start(_ program: String) throws(InputError) -> (process: pid_t, output: Int32) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0, let reading = ends.first, let writing = ends.last else {
      throw failure("no pipe can be had: \(SystemError.current)")
    }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    defer { close(writing) }

    #if canImport(Glibc)
      var actions = posix_spawn_file_actions_t()
      var attributes = posix_spawnattr_t()
    #else
      var actions: posix_spawn_file_actions_t?
      var attributes: posix_spawnattr_t?
    #endif
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, writing, STDOUT_FILENO)
    // The program begins with no signal blocked and none ignored, whatever we do with ours.
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF))

    var process: pid_t = 0
    let code = CStrings.with(arguments.map { Array($0.utf8) }) { arguments in
      environment.withCStrings { environment in
        posix_spawn(&process, program, &actions, &attributes, arguments, environment)
      }
    }
    guard code == 0 else {
      close(reading)
      throw failure(SystemError(code: code).description)
    }
    return (process, reading)
  }

  private static func wait(for process: pid_t) -> Int32 {
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    return status
  }

  private static func reapLater(_ process: pid_t) {
    OwnThread.start { _ = wait(for: process) }
  }

  private static func text(ofStatus status: Int32) -> String {
    let signal = status & 0x7f
    return signal == 0 ? "it ended with exit status \((status >> 8) & 0xff)" : "signal \(signal) ended it"
  }
}
