internal import CSupervision
internal import ChildPrograms

#if canImport(Glibc)
  // `environ` is a plain C variable; it is read here and written nowhere.
  @preconcurrency internal import Glibc
#elseif canImport(Darwin)
  @preconcurrency internal import Darwin
#endif

/// A program with its arguments, found and ready to be started as whoever started us would have.
package struct CommandProgram: Sendable, Hashable {
  package let path: String
  /// With the name it is called by first.
  package let arguments: [String]

  /// - Throws: `.commandNotFound`, and `.cannotStart` for a file that can't be executed.
  package init(_ arguments: [String], searchPath: String?) throws(SupervisionError) {
    let name = arguments.first ?? ""
    guard let path = ProgramPath.find(name, path: searchPath ?? "/usr/bin:/bin"), !name.isEmpty else {
      guard name.utf8.contains(UInt8(ascii: "/")), access(name, F_OK) == 0 else {
        throw SupervisionError(
          .commandNotFound, command: name.isEmpty ? "an empty command" : name, reason: "")
      }
      throw SupervisionError(.cannotStart, command: name, reason: "it is not an executable file")
    }
    self.init(path: path, arguments: arguments)
  }

  package init(path: String, arguments: [String]) {
    self.path = path
    self.arguments = arguments
  }

  /// Becomes this program, in this very process; returns only to throw.
  ///
  /// `wasInterrupted` says whether a signal asked this program to end before.
  package func replaceOurselves(
    _ inherited: InheritedSignals, wasInterrupted: () -> Bool
  ) throws(SupervisionError) {
    var blocked = inherited.blocked
    for number in 1...InheritedSignals.highestNumber where !inherited.ignored.contains(number) {
      signal(number, SIG_DFL)
    }
    // Asked only now, when a signal ends this process at once: what a handler had taken would be lost.
    guard !wasInterrupted() else {
      throw SupervisionError(.interrupted, command: arguments.first ?? path, reason: "")
    }
    pthread_sigmask(SIG_SETMASK, &blocked, nil)
    let code = Self.withArguments(self) { path, arguments in
      execve(path, arguments, environ)
      return errno
    }
    throw SupervisionError(.cannotStart, command: arguments.first ?? path, code: code)
  }

  /// Starts it as a child: in our process group, with our streams, terminal, folder and variables.
  ///
  /// Should this very process be killed, it gets SIGTERM (on Linux): whoever kills us wants it to end.
  func start(_ inherited: InheritedSignals) throws(SupervisionError) -> pid_t {
    var (blocked, defaulted) = (inherited.blocked, inherited.defaulted)
    var process: pid_t = 0
    #if os(Linux)
      let code = Self.withArguments(self) { path, arguments in
        csupervision_start(path, arguments, environ, &blocked, &defaulted, SIGTERM, &process)
      }
    #else
      var attributes: posix_spawnattr_t?
      posix_spawnattr_init(&attributes)
      defer { posix_spawnattr_destroy(&attributes) }
      posix_spawnattr_setsigmask(&attributes, &blocked)
      posix_spawnattr_setsigdefault(&attributes, &defaulted)
      posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF))
      let code = Self.withArguments(self) { path, arguments in
        posix_spawn(&process, path, nil, &attributes, arguments, environ)
      }
    #endif
    guard code == 0 else {
      throw SupervisionError(.cannotStart, command: arguments.first ?? path, code: code)
    }
    return process
  }

  /// A text without a `#!` line is a shell's, as execvp(3) has it.
  private static func withArguments(
    _ program: CommandProgram,
    _ body: (String, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Int32
  ) -> Int32 {
    let code = CStrings.with(program.arguments.map { Array($0.utf8) }) { body(program.path, $0) }
    guard code == ENOEXEC else { return code }
    let script = ["sh", program.path] + program.arguments.dropFirst()
    return CStrings.with(script.map { Array($0.utf8) }) { body("/bin/sh", $0) }
  }
}
