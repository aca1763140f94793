import ProcessSupervision
import Testing

@Suite("How a command ended")
struct CommandEndTests {
  struct Case: Sendable {
    let end: CommandEnd
    let exitCode: Int32
    let endedByItself: Bool
  }

  static let cases = [
    Case(end: CommandEnd(ending: .exited(0)), exitCode: 0, endedByItself: true),
    Case(end: CommandEnd(ending: .exited(3)), exitCode: 3, endedByItself: true),
    Case(end: CommandEnd(ending: .exited(128)), exitCode: 128, endedByItself: true),
    // A shell whose child was killed, and restic after SIGINT.
    Case(end: CommandEnd(ending: .exited(137)), exitCode: 137, endedByItself: false),
    Case(end: CommandEnd(ending: .exited(130)), exitCode: 130, endedByItself: false),
    Case(end: CommandEnd(ending: .killed(signal: 9)), exitCode: 137, endedByItself: false),
    Case(end: CommandEnd(ending: .exited(0), hitTimeout: true), exitCode: 0, endedByItself: false),
    Case(end: CommandEnd(ending: .exited(0), signals: [15]), exitCode: 0, endedByItself: false),
    Case(
      end: CommandEnd(
        ending: .exited(0),
        reaped: [
          ReapedProcess(pid: 7, userID: 0, wasKilled: false),
          ReapedProcess(pid: 8, userID: 0, wasKilled: true),
        ]),
      exitCode: 0, endedByItself: false),
    Case(
      end: CommandEnd(ending: .exited(1), reaped: [ReapedProcess(pid: 7, userID: 0, wasKilled: false)]),
      exitCode: 1, endedByItself: true),
  ]

  @Test("exit codes are a shell's, and only what nobody ended has ended by itself", arguments: cases)
  func table(_ row: Case) {
    #expect(row.end.exitCode == row.exitCode)
    #expect(row.end.endedByItself == row.endedByItself)
  }
}
