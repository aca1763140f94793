internal import ResticInputs

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Runs ssh-keygen(1), whose questions and errors go to the terminal.
enum SSHKeygen {
  private static let outputByteLimit = 1 << 16

  static func find(_ environment: Environment) throws -> String {
    let path = environment["PATH"] ?? "/usr/bin:/bin"
    for folder in path.split(separator: ":") where folder.hasPrefix("/") {
      let candidate = "\(folder)/ssh-keygen"
      if access(candidate, X_OK) == 0 { return candidate }
    }
    throw AuditFileError(
      action: "find ssh-keygen", reason: "it is in no folder of PATH; OpenSSH 8.1 or later has it")
  }

  /// Waits for its end; `input` is a file for its standard input.
  static func run(
    _ program: String, _ arguments: [String], input: String?
  ) throws -> (status: Int32, output: String) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw AuditFileError(action: "start ssh-keygen") }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    defer { close(ends[0]) }
    #if canImport(Glibc)
      var actions = posix_spawn_file_actions_t()
    #else
      var actions: posix_spawn_file_actions_t?
    #endif
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, input ?? "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
    var pointers: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    var process: pid_t = 0
    let code = posix_spawn(&process, program, &actions, nil, &pointers, environ)
    close(ends[1])
    guard code == 0 else {
      throw AuditFileError(action: "start \(program)", reason: String(cString: strerror(code)))
    }
    var output: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = read(ends[0], &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      if output.count < outputByteLimit { output += buffer.prefix(count) }
    }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    let signal = status & 0x7f
    return (signal == 0 ? (status >> 8) & 0xff : 128 + signal, String(decoding: output, as: UTF8.self))
  }
}
