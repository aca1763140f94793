internal import ResticCrypto
internal import ResticLocks

/// What a command answers about one repository, before it is written.
struct RepositoryAnswer: Sendable {
  /// Text, or JSON of one object a line, as UTF-8; each piece is written after the other.
  let pieces: [[UInt8]]
  /// What is to be told beside the answer.
  var remarks: [String] = []
  let status: ExitStatus

  init(pieces: [[UInt8]], remarks: [String] = [], status: ExitStatus) {
    self.pieces = pieces
    self.remarks = remarks
    self.status = status
  }

  init(lines: [String], remarks: [String] = [], status: ExitStatus) {
    self.init(pieces: lines.map { Array("\($0)\n".utf8) }, remarks: remarks, status: status)
  }

  /// Writes the answer about a single repository.
  func write() throws -> ExitStatus {
    for piece in pieces { try StandardStreams.writeAnswer(piece) }
    for remark in remarks { StandardStreams.tell(remark) }
    return status
  }
}

/// What a look at one repository among many has to know.
struct RepositoryLook: Sendable {
  let target: RepositoryTarget
  let context: CommandContext
  /// Answers carry names, nobody is asked, and remarks go into the answer.
  let isMany: Bool
  /// Before a key is derived, which takes a core; never held while a file or a person is waited for.
  let keyGate: Gate
  /// Where only names are wanted, no password is read and no key derived.
  var opensLocks = true

  var turn: RepositoryOpener.DerivationTurn {
    { [keyGate] derive in
      do {
        return try await keyGate.pass { await derive() }
      } catch {
        return .failure(.cancelled)
      }
    }
  }
}

extension RepositoryOptions {
  /// Answers about every repository that is named: one as ever, several side by side under their names.
  ///
  /// With several, an error is an answer too: text below the repository's header, or an `exit_error` object with its
  /// `repository`; the exit code is the worst (``ExitStatus/worse(_:)``).
  ///
  /// Without headers each line of text says itself which repository it is about.
  func answer(
    _ context: CommandContext, _ many: ManyOptions, _ output: OutputFlags, hasHeaders: Bool = true,
    _ look: @escaping @Sendable (RepositoryLook) async throws -> RepositoryAnswer
  ) async throws -> ExitStatus {
    try await targets(context, many).answer(
      context, many.looks, output, hasHeaders: hasHeaders, look)
  }
}

extension RepositoryTargets {
  /// See ``RepositoryOptions/answer(_:_:_:hasHeaders:_:)``.
  func answer(
    _ context: CommandContext, _ looks: ManyRepositories, _ output: OutputFlags, hasHeaders: Bool = true,
    _ look: @escaping @Sendable (RepositoryLook) async throws -> RepositoryAnswer
  ) async throws -> ExitStatus {
    guard isMany else {
      guard let target = targets.first else { return .usage }
      return try await look(
        RepositoryLook(
          target: target, context: context, isMany: false,
          keyGate: Gate(width: CommandContext.coreCount))
      ).write()
    }
    var worst = ExitStatus.done
    var isFirst = true
    try await lookAtEach(context, looks, look) { target, outcome in
      let writer = NamedAnswer(
        target: target, terminal: context.terminal, isFirst: isFirst, hasHeader: hasHeaders)
      let status =
        try output.json ? writer.writeJSON(outcome) : writer.writeText(outcome, isQuiet: output.quiet)
      worst = worst.worse(status)
      isFirst = false
    }
    return worst
  }

  /// Looks at all of them side by side, and hands over what came of it in their order.
  func lookAtEach<Answer: Sendable>(
    _ context: CommandContext, _ looks: ManyRepositories,
    _ look: @escaping @Sendable (RepositoryLook) async throws -> Answer,
    handOver: (RepositoryTarget, Result<Answer, any Error>) throws -> Void
  ) async throws {
    let keyGate = Gate(width: CommandContext.coreCount)
    try await looks.look(
      at: targets,
      { target in
        try await look(RepositoryLook(target: target, context: context, isMany: true, keyGate: keyGate))
      }, handOver: handOver)
  }
}

/// Writes one answer of many.
private struct NamedAnswer {
  let target: RepositoryTarget
  let terminal: Terminal
  let isFirst: Bool
  let hasHeader: Bool

  func writeJSON(_ outcome: Result<RepositoryAnswer, any Error>) throws -> ExitStatus {
    switch outcome {
    case .success(let answer):
      // Objects too, which say themselves which repository they are about.
      for remark in answer.remarks { StandardStreams.tell(remark) }
      // In one piece, so that lines stay whole whatever happens between them.
      try StandardStreams.writeAnswer(Array(answer.pieces.joined()))
      return answer.status
    case .failure(let error):
      let failure = CommandFailure(error)
      let document = failure.json(
        repository: RepositoryDocument.json(name: target.name, location: target.location))
      try StandardStreams.writeAnswer(document.text + "\n")
      return failure.status
    }
  }

  func writeText(_ outcome: Result<RepositoryAnswer, any Error>, isQuiet: Bool) throws -> ExitStatus {
    let isNamed = !isQuiet && hasHeader
    let header = !isNamed ? "" : (isFirst ? "" : "\n") + terminal.styled("== \(title) ==", .bold) + "\n"
    switch outcome {
    case .success(let answer):
      let remarks = isQuiet ? "" : answer.remarks.map { $0 + "\n" }.joined()
      try StandardStreams.writeAnswer(Array(header.utf8) + answer.pieces.joined() + Array(remarks.utf8))
      return answer.status
    case .failure(let error):
      let failure = CommandFailure(error)
      let lines = failure.lines.map { (isNamed ? "" : "\(title): ") + $0 + "\n" }.joined()
      if isQuiet { StandardStreams.show(lines) } else { try StandardStreams.writeAnswer(header + lines) }
      return failure.status
    }
  }

  private var title: String { TerminalText.escaped(target.title) }
}
