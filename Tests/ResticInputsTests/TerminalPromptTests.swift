import Foundation
import ResticCrypto
import ResticInputs
import Synchronization
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Signals belong to the whole process, so that these tests run one after the other.
@Suite(.serialized, .timeLimit(.minutes(15))) struct TerminalPromptTests {
  private let terminal: PseudoTerminal
  init() throws { terminal = try PseudoTerminal() }

  private typealias Attempt = PasswordAttempt<String, InputError>
  private let question = "enter password for repository: "

  /// Opens with the password that `accepts` takes, asking at the terminal.
  private func open(_ accepts: @escaping @Sendable (String) -> Bool) -> Task<Attempt, any Error> {
    Task { [terminal] in
      let reader = PasswordReader(
        environment: Environment([:]), input: terminal.program, messages: terminal.program)
      return try await reader.open(with: PasswordInput(source: nil)) { password -> Attempt in
        let text = String(decoding: password.bytes, as: UTF8.self)
        return accepts(text) ? .opened(text) : .wrongPassword
      }
    }
  }

  private func expectUnchanged(since before: termios) {
    #expect(terminal.settings.c_lflag == before.c_lflag)
    #expect(terminal.settings.c_iflag == before.c_iflag)
  }

  @Test("what is typed is not shown, and the terminal is as before afterwards")
  func hidesAndRestores() async throws {
    let before = terminal.settings
    #expect(terminal.shows)
    let opening = open { $0 == "s3cret" }
    try await terminal.wait(untilShows: false)
    terminal.type("s3cret\n")
    guard case .opened("s3cret") = try await opening.value else {
      Issue.record("not opened")
      return
    }
    expectUnchanged(since: before)
    let screen = terminal.screen()
    #expect(screen == question + "\r\n")
  }

  @Test("a person has three tries, and an empty answer is one of them")
  func threeTries() async throws {
    let opening = open { $0 == "third" }
    var shown = ""
    for answer in ["first", ""] {
      shown += try await terminal.wait(for: question)
      #expect(!terminal.shows)
      terminal.type(answer + "\n")
    }
    shown += try await terminal.wait(for: question)
    #expect(!shown.contains("first"))
    #expect(shown.contains("wrong password or no key found. Try again\r\n"))
    #expect(shown.contains("an empty password is not allowed by default. Try again\r\n"))
    terminal.type("third\n")
    guard case .opened("third") = try await opening.value else {
      Issue.record("not opened")
      return
    }
  }

  @Test("after three wrong passwords nothing more is asked")
  func threeWrong() async throws {
    let counter = TriedPasswords()
    let opening = open {
      counter.add($0)
      return false
    }
    for answer in ["a", "b", "c"] {
      _ = try await terminal.wait(for: question)
      #expect(!terminal.shows)
      terminal.type(answer + "\n")
    }
    guard case .wrongPassword = try await opening.value else {
      Issue.record("opened")
      return
    }
    #expect(counter.all == ["a", "b", "c"])
    #expect(terminal.shows)
  }

  @Test("a last empty answer, and the end of input, are no password")
  func noAnswer() async throws {
    let opening = open { _ in true }
    for answer in ["\n", "\u{4}", "\n"] {
      _ = try await terminal.wait(for: question)
      #expect(!terminal.shows)
      terminal.type(answer)
    }
    let error = await #expect(throws: InputError.self) { try await opening.value }
    #expect(error?.kind == .noPassword)
  }

  @Test("typing errors can be erased, with the terminal's key and with backspace")
  func erasing() async throws {
    let opening = open { _ in true }
    try await terminal.wait(untilShows: false)
    terminal.type("\u{8}abx\u{7f}x\u{8}c\n")
    guard case .opened(let password) = try await opening.value else { return }
    #expect(password == "abc")
  }

  @Test(
    "a signal that would end the process first sets the terminal back", arguments: [SIGINT, SIGTERM, SIGHUP])
  func signals(_ number: Int32) async throws {
    let before = terminal.settings
    SignalWitness.install(for: number)
    defer { SignalWitness.remove(for: number) }
    let opening = open { _ in true }
    try await terminal.wait(untilShows: false)
    kill(getpid(), number)
    let error = await #expect(throws: InputError.self) { try await opening.value }
    #expect(error?.kind == .interrupted)
    expectUnchanged(since: before)
    #expect(try await SignalWitness.wasSeen(number), "the signal was swallowed")
  }

  @Test("a signal that is ignored stays ignored")
  func ignoredSignal() async throws {
    let earlier = signal(SIGHUP, SIG_IGN)
    defer { signal(SIGHUP, earlier) }
    let opening = open { $0 == "p" }
    try await terminal.wait(untilShows: false)
    kill(getpid(), SIGHUP)
    terminal.type("p\n")
    guard case .opened = try await opening.value else {
      Issue.record("not opened")
      return
    }
  }

  @Test("after a stop and its end the question is asked again, unseen again")
  func stops() async throws {
    SignalWitness.install(for: SIGTSTP)
    defer { SignalWitness.remove(for: SIGTSTP) }
    let opening = open { $0 == "p" }
    _ = try await terminal.wait(for: question)
    try await terminal.wait(untilShows: false)
    kill(getpid(), SIGTSTP)
    _ = try await terminal.wait(for: question)
    #expect(try await SignalWitness.wasSeen(SIGTSTP))
    try await terminal.wait(untilShows: false)
    terminal.type("p\n")
    guard case .opened = try await opening.value else {
      Issue.record("not opened")
      return
    }
    #expect(terminal.shows)
  }

  @Test("a cancelled task asks no longer and sets the terminal back")
  func cancellation() async throws {
    let before = terminal.settings
    let opening = open { _ in true }
    try await terminal.wait(untilShows: false)
    opening.cancel()
    let error = await #expect(throws: InputError.self) { try await opening.value }
    #expect(error?.kind == .interrupted)
    expectUnchanged(since: before)
  }
}

/// The passwords that were tried.
private final class TriedPasswords: Sendable {
  private let passwords = Mutex<[String]>([])
  func add(_ password: String) { passwords.withLock { $0.append(password) } }
  var all: [String] { passwords.withLock { $0 } }
}

/// Stands in for the process's own handlers, and sees whether a signal comes through to them.
private enum SignalWitness {
  private static let seen = Atomic<Int>(0)

  static func install(for number: Int32) {
    seen.store(0, ordering: .sequentiallyConsistent)
    signal(number) { number in SignalWitness.seen.store(Int(number), ordering: .sequentiallyConsistent) }
  }

  static func remove(for number: Int32) { signal(number, SIG_DFL) }

  static func wasSeen(_ number: Int32) async throws -> Bool {
    for _ in 0..<40_000 {
      if seen.load(ordering: .sequentiallyConsistent) == Int(number) { return true }
      try await Task.sleep(for: .milliseconds(5))
    }
    return false
  }
}
