/// Finds lock failures in logs that are handed over in chunks of any size, in bounded memory.
///
/// Lines without a word about locks, commands or successes cost one pass over their bytes.
package struct LockFailureLogReader: Sendable {
  /// How many lines one message of restic may be spread over, foreign lines between them.
  static let blockLineLimit = 24
  /// How far a wrapper's word about a failure may stand behind it.
  private static let pendingLineLimit = 200
  private static let pendingLimit = 64
  /// How far a command line may stand before the failure.
  private static let commandLineLimit = 4000
  private static let sourceLimit = 256

  private static let scanner = NeedleScanner([
    "already locked", "lock was created at", "storage ID ", "unable to create lock", "refresh lock",
    "refresh stale lock", "removed in the meantime", "invalid lock file", "<lock/", "u003clock/",
    "while unlocking",
    " saved", "summary", "no errors were found", "snapshots have been removed", "restic ", "restic-0.",
    "restic.exe", "restic', '", "restic\", \"", "task failed", "task finished", "running task",
    " on profile '",
    ": starting '", ": finished '", ": Starting '", ": Finished '", "location \"", "location \\\"",
    // Lists of bytes, which is how journald exports a message with colours in it.
    "MESSAGE\":[", "MESSAGE\" : [",
  ])

  private var lines = LogLines(scanner)
  private var file = 0
  private var sources: [String: Source] = [:]
  /// Read, and waiting for what following lines add.
  private var pending: [LockFailure] = []
  private var tally = FailureTally()

  /// What is known of a stream of lines.
  private struct Source {
    var commands: [CommandMention] = []
    var commandLine = 0
    var time: LineTime?
    var waitLine: Int?
    var waitTime: LineTime?
    var lastFailureLine: Int?
    var lastSuccess: String?
  }

  package init() {}

  /// Reads on in the current file.
  package mutating func read(_ chunk: [UInt8]) {
    var found: [(line: [UInt8], number: Int)] = []
    unsafe chunk.withUnsafeBytes { bytes in
      unsafe lines.read(bytes) { line, number in found.append((line, number)) }
    }
    for (line, number) in found { take(line, number) }
  }

  /// Ends the current file; what is read next belongs to another.
  package mutating func endFile() {
    var found: [(line: [UInt8], number: Int)] = []
    lines.finish { line, number in found.append((line, number)) }
    for (line, number) in found { take(line, number) }
    for source in sources.keys.sorted() { endWaiting(source) }
    commit(all: true)
    tally.endFile(lineCount: lines.lineCount, byteCount: lines.byteCount)
    lines = LogLines(Self.scanner)
    sources = [:]
    file += 1
  }

  /// What the files that were ended told.
  package func findings() -> LogFindings { tally.findings() }

  private mutating func take(_ bytes: [UInt8], _ number: Int) {
    commit(all: false, before: number - Self.pendingLineLimit)
    let decoded = LogLineDecoder.decode(bytes)
    if sources[decoded.source] == nil, sources.count >= Self.sourceLimit { sources = [:] }
    var source = sources[decoded.source] ?? Source()
    if let time = decoded.time { source.time = time }
    for line in decoded.lines.prefix(20_000) {
      for mention in CommandMentionParser.mentions(in: line) { note(mention, number, decoded, &source) }
      for message in ResticMessageParser.messages(in: line) { note(message, number, decoded, &source) }
    }
    sources[decoded.source] = source
  }

  private mutating func note(
    _ message: ResticMessage, _ number: Int, _ decoded: DecodedLine, _ source: inout Source
  ) {
    switch message {
    case .locked(let holder):
      var failure = failure(.locked, number, decoded, source)
      failure.holder = holder
      add(failure, &source)
    case .failure(let kind, let lockID, let detail):
      var failure = failure(kind, number, decoded, source)
      failure.lockID = lockID
      failure.detail = detail
      add(failure, &source)
    case .created(let time, let ageSeconds, let ageText):
      amend(number, decoded.source) { failure in
        guard failure.lockTime == nil else { return false }
        failure.lockTime = time
        failure.ageSeconds = ageSeconds
        failure.ageText = ageText
        return true
      }
    case .storageID(let id):
      amend(number, decoded.source) { failure in
        guard failure.lockID == nil else { return false }
        failure.lockID = id
        return true
      }
      mergeEcho()
    case .waiting:
      // Standard output and standard error may come in either order.
      if let last = source.lastFailureLine, number - last <= Self.blockLineLimit { return }
      endWaiting(&source, decoded.source)
      source.waitLine = number
      source.waitTime = decoded.time ?? source.time
    case .success(let operation):
      source.waitLine = nil
      let began = source.commands.last { $0.operation == operation }
      tally.addSuccess(operation, label: began?.label, time: decoded.time ?? source.time)
      source.lastSuccess = operation
      source.commands.removeAll { $0.moment == .line && $0.operation == operation }
    }
  }

  private mutating func note(
    _ mention: CommandMention, _ number: Int, _ decoded: DecodedLine, _ source: inout Source
  ) {
    switch mention.moment {
    case .line, .began:
      if mention.moment == .began { source.commands = [] }
      source.commands.removeAll { $0.moment == .line }
      source.commands.append(mention)
      source.commandLine = number
      source.lastSuccess = nil
      // Many wrappers name the command only after it failed.
      if let index = pending.lastIndex(where: { $0.source == decoded.source }),
        pending[index].command == nil, number - pending[index].line <= Self.blockLineLimit,
        mention.moment == .line, decoded.lines.contains(where: Self.tellsOfFailure)
      {
        pending[index].command = FailedCommand(operation: mention.operation, label: mention.label)
      }
    case .failed, .succeeded:
      if mention.moment == .failed {
        let command = FailedCommand(operation: mention.operation, label: mention.label)
        for index in pending.indices where pending[index].source == decoded.source {
          guard pending[index].command?.label == nil, number - pending[index].line <= Self.blockLineLimit
          else {
            continue
          }
          pending[index].command = FailedCommand.merged(pending[index].command, command)
          if pending[index].time == nil {
            pending[index].contextTime = decoded.time ?? pending[index].contextTime
          }
        }
        // The error itself may stand in this line, behind its name.
        source.commands = decoded.lines.count > 1 ? [mention] : []
        source.commandLine = number
      } else {
        if source.lastSuccess != mention.operation {
          tally.addSuccess(mention.operation, label: mention.label, time: decoded.time ?? source.time)
        }
        source.commands = []
        source.waitLine = nil
      }
    }
  }

  private static func tellsOfFailure(_ line: ArraySlice<UInt8>) -> Bool {
    line.contains("ailed") || line.contains("exit status") || line.contains("rror")
  }

  private func failure(
    _ kind: LockFailureKind, _ number: Int, _ decoded: DecodedLine, _ source: Source
  ) -> LockFailure {
    var failure = LockFailure(kind: kind, source: decoded.source, line: number, file: file)
    failure.time = decoded.time
    failure.contextTime = source.time
    failure.exitCode = decoded.exitCode ?? Self.exitCode(in: decoded.lines)
    if number - source.commandLine <= Self.commandLineLimit {
      for mention in source.commands {
        failure.command = FailedCommand.merged(
          FailedCommand.merged(failure.command, nil),
          FailedCommand(operation: mention.operation, label: mention.label))
        if mention.moment == .line, let operation = failure.command?.operation, operation != mention.operation
        {
          failure.command?.resticCommand = mention.operation
        }
      }
    }
    return failure
  }

  private static func exitCode(in lines: [ArraySlice<UInt8>]) -> Int64? {
    for line in lines.prefix(64) {
      if var code = line.after("exit status ") { return code.takeNumber(1...3) }
      if line.contains("exit_error"), var code = line.after(#""code":"#) { return code.takeNumber(1...3) }
    }
    return nil
  }

  private mutating func add(_ failure: LockFailure, _ source: inout Source) {
    source.waitLine = nil
    source.lastFailureLine = failure.line
    source.commands.removeAll { $0.moment == .line }
    pending.append(failure)
    if pending.count > Self.pendingLimit { tally.add(pending.removeFirst()) }
  }

  /// Adds to the message that began last in the same stream.
  private mutating func amend(
    _ number: Int, _ source: String, _ change: (inout LockFailure) -> Bool
  ) {
    for index in pending.indices.reversed() {
      guard pending[index].kind == .locked, pending[index].source == source,
        number - pending[index].line <= Self.blockLineLimit
      else { continue }
      if change(&pending[index]) { return }
    }
  }

  /// Drops the newest message where it repeats an earlier one, once it is whole.
  private mutating func mergeEcho() {
    guard let last = pending.indices.last,
      let first = pending.indices.dropLast().last(where: { pending[last].isEcho(of: pending[$0]) })
    else { return }
    pending[first].merge(pending[last])
    pending.removeLast()
  }

  private mutating func endWaiting(_ name: String) {
    guard var source = sources[name] else { return }
    endWaiting(&source, name)
    sources[name] = source
  }

  private mutating func endWaiting(_ source: inout Source, _ name: String) {
    guard let line = source.waitLine else { return }
    source.waitLine = nil
    var failure = LockFailure(kind: .waiting, source: name, line: line, file: file)
    failure.time = source.waitTime
    failure.command = source.commands.last.map { FailedCommand(operation: $0.operation, label: $0.label) }
    pending.append(failure)
  }

  private mutating func commit(all: Bool, before line: Int = 0) {
    while let first = pending.first, all || first.line < line {
      tally.add(first)
      pending.removeFirst()
    }
  }
}
