internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The terminal, lent to a child that may have to ask a person something: a password, whether a host is known.
///
/// A child in a process group of its own could not read from it otherwise. Ctrl-C goes to the child meanwhile.
final class TerminalLoan: Sendable {
  /// Whether some child has the terminal: two that ask at once would read each other's answers.
  private static let isLent = Atomic(false)

  private let terminal: Int32
  private let earlier: sigaction
  private let isOpen = Atomic(true)

  /// `nil` where there is no terminal, or where it is not ours to lend: we run in the background, or another child
  /// has it.
  init?(to child: Child) {
    let terminal = open("/dev/tty", O_RDWR | O_CLOEXEC)
    guard terminal >= 0 else { return nil }
    guard tcgetpgrp(terminal) == getpgrp(),
      Self.isLent.compareExchange(expected: false, desired: true, ordering: .acquiringAndReleasing).exchanged
    else {
      close(terminal)
      return nil
    }
    self.terminal = terminal
    // Without the terminal we would be stopped for writing to it, and for taking it back.
    var ignoring = sigaction()
    #if canImport(Glibc)
      ignoring.__sigaction_handler.sa_handler = SIG_IGN
    #else
      ignoring.__sigaction_u.__sa_handler = SIG_IGN
    #endif
    sigemptyset(&ignoring.sa_mask)
    var earlier = sigaction()
    sigaction(SIGTTOU, &ignoring, &earlier)
    self.earlier = earlier
    _ = tcsetpgrp(terminal, child.pid)
    // It may have been stopped for asking before it had the terminal.
    _ = kill(-child.pid, SIGCONT)
  }

  func giveBack() {
    guard isOpen.exchange(false, ordering: .acquiringAndReleasing) else { return }
    _ = tcsetpgrp(terminal, getpgrp())
    var earlier = earlier
    sigaction(SIGTTOU, &earlier, nil)
    close(terminal)
    Self.isLent.store(false, ordering: .releasing)
  }

  deinit { giveBack() }
}
