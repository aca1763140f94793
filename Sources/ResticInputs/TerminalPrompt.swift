#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif
internal import ResticCrypto
internal import Synchronization

/// Asks a person for a line that the terminal does not show.
struct TerminalPrompt {
  let terminal: Int32
  /// Where the question goes, and the line's end that the person typed unseen.
  let messages: Int32

  private static let byteLimit = 4096
  /// Signals are the process's, so that one question is asked at a time.
  private static let oneAtATime = Mutex(())

  /// The answer without its line end; empty when there is none.
  ///
  /// The terminal is set back before this returns, before a signal that ends or stops the process takes effect, and
  /// when the task is cancelled. Those signals are sent on to this process once the terminal is set back; after a
  /// stop (`^Z`) the question is asked again. Throws `.interrupted`, or `.noPassword` for a terminal that can't be
  /// set or read.
  func ask(_ question: String) async throws(InputError) -> SecretBytes {
    let wake = try WakePipe()
    return try await wake.sendingCancellation { () async throws(InputError) in
      try await OwnThread.run { () throws(InputError) in
        let answer: Result<SecretBytes, InputError> = Self.oneAtATime.withLock { _ in
          PassingLine.whileAsking {
            do throws(InputError) {
              return .success(try waitForAnswer(question, wake))
            } catch {
              return .failure(error)
            }
          }
        }
        return try answer.get()
      }
    }
  }

  private func waitForAnswer(_ question: String, _ wake: WakePipe) throws(InputError) -> SecretBytes {
    while true {
      let event = try waitForLine(question, wake)
      messages.write(text: "\n")
      // A signal that came behind the answer must not be lost with it.
      let pending = wake.received()
      switch event {
      case .line(let line) where pending == nil: return line
      case .line: try passOn(pending ?? 0)
      case .signal(let number): try passOn(number)
      }
    }
  }

  /// Sends a signal to this process, now that the terminal is set back; comes back from a stop only.
  private func passOn(_ number: Int32) throws(InputError) {
    if number == SIGTSTP {
      // To this very thread, which then stops here and not after it has silenced the terminal again. Threads of
      // the concurrency runtime block signals, and theirs inherit that.
      var signals = sigset_t()
      sigemptyset(&signals)
      sigaddset(&signals, number)
      pthread_sigmask(SIG_UNBLOCK, &signals, nil)
      raise(number)
      return
    }
    if number != 0 { kill(getpid(), number) }
    throw InputError(.interrupted, "interrupted while asking for the password")
  }

  private enum Event {
    case line(SecretBytes)
    /// 0 is the task's cancellation.
    case signal(Int32)
  }

  private func waitForLine(_ question: String, _ wake: WakePipe) throws(InputError) -> Event {
    var before = termios()
    guard tcgetattr(terminal, &before) == 0 else { throw unusable(SystemError.current) }
    let signals = SignalRelay(to: wake)
    defer { signals.stop() }
    var silent = before
    silent.c_lflag &= ~tcflag_t(ECHO)
    silent.c_lflag |= tcflag_t(ICANON) | tcflag_t(ISIG)
    silent.c_iflag |= tcflag_t(ICRNL)
    guard tcsetattr(terminal, TCSANOW, &silent) == 0 else { throw unusable(SystemError.current) }
    // Before `signals.stop()`: no moment when a signal could end the process with the echo off.
    defer { _ = tcsetattr(terminal, TCSANOW, &before) }
    // Not before the terminal is silent: what answers a question at once must not be shown either.
    messages.write(text: question)
    do throws(SystemError) {
      return try readLine(wake)
    } catch {
      throw unusable(error)
    }
  }

  private func readLine(_ wake: WakePipe) throws(SystemError) -> Event {
    var count = 0
    var signal: Int32?
    let whole = try SecretBytes(byteCount: Self.byteLimit) { buffer throws(SystemError) in
      while true {
        signal = try wake.wait(orFor: terminal)
        // A line longer than the buffer is cut, as a longer password than this is mistyped anyway.
        let last = UnsafeMutableRawBufferPointer(rebasing: buffer[min(count, buffer.count - 1)...].prefix(1))
        guard signal == nil, try terminal.readSome(into: last) > 0 else { return }
        switch last[0] {
        case UInt8(ascii: "\n"): return
        // Typed by terminals whose erase character is DEL, as restic takes it.
        case 0x08: count = max(count - 1, 0)
        default: count = min(count + 1, buffer.count - 1)
        }
      }
    }
    if let signal { return .signal(signal) }
    return .line(whole.part(0..<count))
  }

  private func unusable(_ error: SystemError) -> InputError {
    InputError(
      .noPassword, "cannot ask for the password: \(error)",
      hint: "give it with -p, --password-command or RESTIC_PASSWORD")
  }
}
