internal import ArgumentParser
internal import ResticCrypto
internal import ResticFormat
internal import ResticInputs
internal import ResticLocks
internal import ResticStorage
package import ProcessSupervision

/// A command of reslock: it gives its answer on standard output, and its exit code back.
protocol ReslockCommand: ParsableCommand {
  var output: OutputFlags { get }
  /// Whether SIGINT, SIGTERM and SIGHUP let it finish the step it is in, and say what was done.
  static var endsOrderlyWhenInterrupted: Bool { get }
  func run(_ context: CommandContext) async throws -> ExitStatus
}

extension ReslockCommand {
  static var endsOrderlyWhenInterrupted: Bool { false }
}

/// What the program was started with.
package struct ProgramStart: Sendable {
  /// What it is called by, which may be a path.
  package let name: String
  package let arguments: [String]
  package let signals: InheritedSignals

  /// - Parameters:
  ///   - commandLine: the name and the arguments.
  ///   - signals: as they were found on the main thread.
  package init(_ commandLine: [String], signals: InheritedSignals) {
    name = commandLine.first ?? ""
    arguments = Array(commandLine.dropFirst())
    self.signals = signals
  }
}

/// Runs the command that the arguments name, or restic where the program is called so.
///
/// - Returns: the exit code for the process.
package func runReslock(_ start: ProgramStart) async -> Int32 {
  if ResticProgram.baseName(start.name) == "restic" { return await ResticShim(start).run() }
  let arguments = start.arguments
  let command: any ParsableCommand
  do {
    command = try Reslock.parseAsRoot(arguments)
  } catch {
    if arguments.first == "check", arguments.contains("--nagios"),
      let code = NagiosReport.report(parsing: error)
    {
      return code
    }
    return report(parsing: error, asJSON: arguments.contains("--json"))
  }
  if let guardCommand = command as? GuardCommand { return await guardCommand.runGuard(start) }
  guard let reslockCommand = command as? any ReslockCommand else {
    return runPlain(command, asJSON: arguments.contains("--json"))
  }
  let asJSON = reslockCommand.output.json
  do {
    guard type(of: reslockCommand).endsOrderlyWhenInterrupted else {
      return try await reslockCommand.run(.system()).rawValue
    }
    return try await Interruption.cancelling(Task { try await reslockCommand.run(.system()).rawValue })
  } catch {
    let failure = CommandFailure(error)
    failure.tell(asJSON: asJSON)
    return failure.status.rawValue
  }
}

/// The commands that the argument parser itself answers: help, and the root without a command.
private func runPlain(_ command: any ParsableCommand, asJSON: Bool) -> Int32 {
  do {
    var command = command
    try command.run()
    return ExitStatus.done.rawValue
  } catch {
    return report(parsing: error, asJSON: asJSON)
  }
}

private func report(parsing error: any Error, asJSON: Bool) -> Int32 {
  let code = Reslock.exitCode(for: error).rawValue
  let message = Reslock.fullMessage(for: error)
  if code == 0 {
    do {
      try StandardStreams.writeAnswer(message + "\n")
    } catch {
      let failure = CommandFailure(error)
      failure.tell(asJSON: asJSON)
      return failure.status.rawValue
    }
  } else if asJSON {
    CommandFailure(ExitStatus(rawValue: code) ?? .usage, Reslock.message(for: error)).tell(asJSON: true)
  } else if !message.isEmpty {
    StandardStreams.tell(message)
  }
  return code
}

/// Arguments that only what the repository holds shows to be wrong.
struct UsageError: Error, CustomStringConvertible {
  let description: String
}

/// An error as a command ends with it.
struct CommandFailure {
  let status: ExitStatus
  let message: String
  let hint: String?

  init(_ error: any Error) {
    switch error {
    case let error as RepositoryError:
      self.init(ExitStatus(error), error.description, hint: error.hint)
    case let error as InputError: self.init(ExitStatus(error), error.message, hint: error.hint)
    case let error as LocationError: self.init(.failed, error.description, hint: error.hint)
    case let error as TransportError: self.init(.failed, error.description, hint: error.hint)
    case let error as MasterKeyTextError: self.init(.failed, error.description)
    case let error as LockSelectionError: self.init(.failed, error.description)
    case let error as JournalError: self.init(.failed, error.description, hint: error.hint)
    case let error as UsageError: self.init(.usage, error.description)
    case let error as ResticOperationError: self.init(.usage, error.description)
    case let error as OutputError: self.init(.failed, error.description)
    case let error as LookTimeout: self.init(.failed, error.description, hint: error.hint)
    case let error as SupervisionError:
      self.init(error.kind == .interrupted ? .interrupted : .failed, error.description)
    case is CancellationError: self.init(.interrupted, "interrupted")
    default: self.init(.failed, "\(error)")
    }
  }

  init(_ status: ExitStatus, _ message: String, hint: String? = nil) {
    self.status = status
    self.message = message
    self.hint = hint
  }

  func tell(asJSON: Bool) {
    for line in remark(asJSON: asJSON) { StandardStreams.tell(line) }
  }

  /// Tells of it with an exit code that is none of ``ExitStatus``.
  func tell(asJSON: Bool, code: Int32) {
    for line in asJSON ? [json(repository: nil, code: code).text] : lines { StandardStreams.tell(line) }
  }

  /// The lines that tell of it beside an answer.
  func remark(asJSON: Bool, repository: JSONValue? = nil) -> [String] {
    asJSON ? [json(repository: repository).text] : lines
  }

  var lines: [String] {
    ["error: \(TerminalText.escaped(message))"] + (hint.map { ["hint: \(TerminalText.escaped($0))"] } ?? [])
  }

  /// One object; with the repository that it is about where there are several.
  func json(repository: JSONValue?, code: Int32? = nil) -> JSONValue {
    .object(
      [("message_type", .string("exit_error"))] + (repository.map { [("repository", $0)] } ?? []) + [
        ("code", .integer(Int64(code ?? status.rawValue))), ("message", .string(message)),
        ("hint", .optional(hint)),
      ])
  }
}
