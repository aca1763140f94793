internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The line on the terminal that the next text covers, such as progress; a question to a person goes before it.
package enum PassingLine {
  private struct State {
    var characterCount = 0
    var isAsking = false
  }

  private static let state = Mutex(State())

  /// Shows a line in the place of the one before; `false`, and nothing shown, while a person is asked something.
  @discardableResult
  package static func show(_ line: String) -> Bool {
    state.withLock {
      guard !$0.isAsking else { return false }
      cover(&$0)
      STDERR_FILENO.write(text: line + "\r")
      $0.characterCount = line.count
      return true
    }
  }

  /// Takes away what is shown, if anything is.
  package static func erase() { state.withLock { cover(&$0) } }

  /// Keeps the terminal free for a question and its answer.
  static func whileAsking<Result>(_ ask: () -> Result) -> Result {
    state.withLock {
      cover(&$0)
      $0.isAsking = true
    }
    defer { state.withLock { $0.isAsking = false } }
    return ask()
  }

  /// With spaces: not every terminal (`TERM=dumb`) knows the sequence that erases a line.
  private static func cover(_ state: inout State) {
    guard state.characterCount > 0 else { return }
    STDERR_FILENO.write(text: String(repeating: " ", count: state.characterCount) + "\r")
    state.characterCount = 0
  }
}
