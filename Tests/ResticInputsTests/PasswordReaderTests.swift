import Foundation
import ResticCrypto
import ResticInputs
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite struct PasswordReaderTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder("password") }

  private func file(_ text: String) throws -> String {
    let url = folder.url.appendingPathComponent(UUID().uuidString)
    try Data(text.utf8).write(to: url)
    return url.path
  }

  /// The password that is tried, which is then accepted.
  private func read(
    _ input: PasswordInput, variables: [String: String] = [:], standardInput: String = ""
  ) async throws -> String {
    let descriptor = open(try file(standardInput), O_RDONLY)
    defer { close(descriptor) }
    let reader = PasswordReader(environment: Environment(variables), input: descriptor, messages: -1)
    let attempt: PasswordAttempt<String, Never> = try await reader.open(with: input) {
      .opened(String(decoding: $0.bytes, as: UTF8.self))
    }
    guard case .opened(let password) = attempt else { return "not opened" }
    return password
  }

  private func failure(
    _ input: PasswordInput, variables: [String: String] = [:], standardInput: String = ""
  ) async -> InputError? {
    await #expect(throws: InputError.self) {
      try await read(input, variables: variables, standardInput: standardInput)
    }
  }

  private func command(_ arguments: String...) -> PasswordInput { PasswordInput(source: .command(arguments)) }
  private let path = ["PATH": "relative:/nonexistent:/usr/bin:/bin"]

  @Test("a file's text is trimmed, a variable's is not")
  func trimming() async throws {
    #expect(try await read(PasswordInput(source: .file(file(" p w \r\n")))) == "p w")
    #expect(
      try await read(
        PasswordInput(source: .variable("RESTIC_PASSWORD")), variables: ["RESTIC_PASSWORD": " p "])
        == " p ")
  }

  @Test("a FIFO gives a password as a file does", .timeLimit(.minutes(15)))
  func fifo() async throws {
    let path = folder.path("fifo")
    #expect(mkfifo(path, 0o600) == 0)
    let writer = Task.detached { try Data("from fifo\n".utf8).write(to: URL(fileURLWithPath: path)) }
    #expect(try await read(PasswordInput(source: .file(path))) == "from fifo")
    try await writer.value
  }

  @Test("an unreadable, missing or huge password file is an error that names it")
  func badFiles() async throws {
    for path in [
      "/nonexistent/pw", folder.path, try file(String(repeating: "x", count: InputFiles.byteLimit + 1)),
    ] {
      let error = await failure(PasswordInput(source: .file(path)), standardInput: "from input")
      #expect(error?.kind == .unreadableFile)
      #expect(error?.description.contains(path) == true)
    }
    #expect(
      try await read(PasswordInput(source: .file(file(String(repeating: "x", count: InputFiles.byteLimit)))))
        .count
        == InputFiles.byteLimit)
  }

  @Test("a command's output is trimmed; it runs without a shell, found on PATH, with no input")
  func commands() async throws {
    #expect(try await read(command("echo", " a  b "), variables: path) == "a  b")
    #expect(try await read(command("/bin/echo", "$HOME", ";", "*"), variables: path) == "$HOME ; *")
    #expect(try await read(command("cat"), variables: path, standardInput: "from input") == "from input")
    #expect(
      try await read(command("sh", "-c", "cat; echo done"), variables: path, standardInput: "x") == "done")
    #expect(
      try await read(
        command("sh", "-c", "echo $GIVEN"), variables: path.merging(["GIVEN": "through"]) { $1 }) == "through"
    )
  }

  @Test("a command begins with no signal ignored or blocked")
  func signals() async throws {
    #if os(Linux)
      let status = try await read(
        command("sed", "-nE", "s/^Sig(Blk|Ign):.*(.{8})$/\\2/p", "/proc/self/status"), variables: path)
      // Beyond signal 31 the C library has signals of its own, which it keeps ignored.
      let masks = status.split(separator: "\n").compactMap { UInt32($0, radix: 16) }
      #expect(masks.map { $0 & 0x7fff_ffff } == [0, 0])
    #endif
  }

  @Test("a command has the pipe that it writes to once, so that its end is seen")
  func descriptors() async throws {
    #if os(Linux)
      let script = """
        o=$(readlink /proc/$$/fd/1); for f in /proc/$$/fd/*; do readlink $f; done | grep -cxF "$o"
        """
      #expect(try await read(command("sh", "-c", script), variables: path) == "1")
    #endif
  }

  @Test("what a failed command said and was told stays out of the error")
  func failedCommands() async throws {
    let failed = await failure(
      command("sh", "-c", "echo hunter2; exit 3"), variables: path, standardInput: "x")
    #expect(failed?.description == "cannot get the password from the command sh: it ended with exit status 3")
    let killed = await failure(command("sh", "-c", "kill -9 $$ # hunter2"), variables: path)
    #expect(killed?.description == "cannot get the password from the command sh: signal 9 ended it")
    for missing in [command("no-such-program", "hunter2"), command("/bin"), command("./relative")] {
      let error = await failure(missing, variables: path)
      #expect(error?.kind == .failedCommand)
      #expect(error?.description.contains("hunter2") == false)
    }
    let error = await failure(command("true"), variables: [:])
    #expect(error?.kind == .failedCommand, "without PATH nothing is found")
  }

  @Test("a command that never stops writing is given up", .timeLimit(.minutes(15)))
  func endlessCommand() async throws {
    let error = await failure(command("yes"), variables: path)
    #expect(
      error?.description == "cannot get the password from the command yes: it gives more than 65536 bytes")
  }

  @Test("the first line of standard input is the password where nothing else gives one")
  func standardInput() async throws {
    let nothing = PasswordInput(source: nil)
    #expect(try await read(nothing, standardInput: " p w \nrest") == " p w ")
    #expect(try await read(nothing, standardInput: "p\r\nrest") == "p")
    #expect(try await read(nothing, standardInput: "no end") == "no end")
    #expect(
      try await read(nothing, standardInput: String(repeating: "x", count: 65_535) + "\n").count == 65_535)
    #expect(await failure(nothing, standardInput: String(repeating: "x", count: 65_536))?.kind == .noPassword)
    #expect(await failure(nothing, standardInput: "")?.kind == .noPassword)
    #expect(await failure(nothing, standardInput: "\nx")?.kind == .noPassword)
    // It was said that an empty password was given, where none was.
    #expect(
      await failure(nothing, standardInput: "")?.message
        == "nothing gives a password, and standard input has none")
    let unset = PasswordInput(source: .variable("UNSET"))
    #expect(
      await failure(unset, standardInput: "")?.message
        == "UNSET gives no password, and standard input has none")
  }

  @Test("a source that gives an empty password gives none: standard input is read")
  func emptySources() async throws {
    for input in [
      PasswordInput(source: .file(try file(" \n"))), command("true"),
      PasswordInput(source: .variable("RESTIC_PASSWORD")),
    ] {
      #expect(try await read(input, variables: path, standardInput: "from input\n") == "from input")
    }
  }

  @Test("--insecure-no-password is the empty password, and excludes a given one")
  func insecure() async throws {
    #expect(
      try await read(PasswordInput(source: nil, isInsecureNoPassword: true), standardInput: "unread") == "")
    #expect(try await read(PasswordInput(source: .file(file("\n")), isInsecureNoPassword: true)) == "")
    let error = await failure(PasswordInput(source: .file(try file("p")), isInsecureNoPassword: true))
    #expect(error?.kind == .usage)
  }

  @Test("a given password is tried once, and the answer is passed on")
  func triedOnce() async throws {
    let reader = PasswordReader(environment: Environment(["P": "p"]), input: -1, messages: -1)
    for isWrong in [true, false] {
      var tries = 0
      let attempt: PasswordAttempt<Int, InputError> = try await reader.open(
        with: PasswordInput(source: .variable("P"))
      ) { _ in
        tries += 1
        return isWrong ? .wrongPassword : .failed(InputError(.usage, "x"))
      }
      #expect(tries == 1)
      switch attempt {
      case .wrongPassword: #expect(isWrong)
      case .failed: #expect(!isWrong)
      case .opened: Issue.record("nothing was opened")
      }
    }
  }
}
