import Foundation
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A terminal whose person is the test.
final class PseudoTerminal: Sendable {
  /// The person's side.
  let person: Int32
  /// The program's side.
  let program: Int32

  init() throws {
    #if os(Linux)
      // Glibc's module hides posix_openpt and its kin; these are the requests they make (ioctl_tty(2)).
      let (unlock, getNumber): (UInt, UInt) = (0x4004_5431, 0x8004_5430)
      person = open("/dev/ptmx", O_RDWR | O_NOCTTY)
      var (isLocked, number): (Int32, Int32) = (0, -1)
      try #require(ioctl(person, unlock, &isLocked) == 0)
      try #require(ioctl(person, getNumber, &number) == 0)
      program = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
    #else
      person = posix_openpt(O_RDWR | O_NOCTTY)
      try #require(person >= 0 && grantpt(person) == 0 && unlockpt(person) == 0)
      program = open(try #require(ptsname(person)), O_RDWR | O_NOCTTY)
    #endif
    try #require(program >= 0)
    _ = fcntl(person, F_SETFL, O_NONBLOCK)
  }

  deinit {
    close(program)
    close(person)
  }

  var settings: termios {
    var settings = termios()
    tcgetattr(program, &settings)
    return settings
  }

  var shows: Bool { settings.c_lflag & tcflag_t(ECHO) != 0 }

  func type(_ text: String) {
    let bytes = Array(text.utf8)
    #expect(write(person, bytes, bytes.count) == bytes.count)
  }

  /// Waits until the terminal shows what is typed, or shows it no more.
  func wait(untilShows expected: Bool) async throws {
    for _ in 0..<40_000 {
      if shows == expected { return }
      try await Task.sleep(for: .milliseconds(5))
    }
    Issue.record("the terminal's echo did not become \(expected)")
  }

  /// Everything on the screen up to now, from when this was last asked.
  func screen() -> String {
    var shown: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while case let count = read(person, &buffer, buffer.count), count > 0 { shown += buffer[..<count] }
    return String(decoding: shown, as: UTF8.self)
  }

  /// Waits until `text` is on the screen; what was shown until then.
  func wait(for text: String) async throws -> String {
    var shown = ""
    for _ in 0..<40_000 {
      shown += screen()
      if shown.contains(text) { return shown }
      try await Task.sleep(for: .milliseconds(5))
    }
    Issue.record("the terminal never showed \(text), but \(shown)")
    return shown
  }
}
