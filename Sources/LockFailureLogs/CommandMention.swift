/// A command that a log says was run, begun, ended or failed.
struct CommandMention: Equatable {
  enum Moment: Equatable {
    /// A command line: it belongs to the next thing restic says.
    case line
    /// A wrapper began something that may run restic several times.
    case began
    case succeeded
    case failed
  }

  var moment: Moment
  var operation: String
  /// The wrapper's own name for it: a profile, plan, repository or location.
  var label: String?
}

/// Finds what restic was asked to do, in command lines and in the words of Backrest, resticprofile and autorestic.
enum CommandMentionParser {
  static func mentions(in line: ArraySlice<UInt8>) -> [CommandMention] {
    if let mention = resticprofile(line) ?? backrestTask(line) ?? autorestic(line) { return [mention] }
    guard let operation = commandLine(line) else { return [] }
    let label = line.after(" for repo ").map { $0.prefix { $0 != UInt8(ascii: ":") && !isBlank($0) }.text() }
    return [CommandMention(moment: .line, operation: operation, label: label)]
  }

  private static let operations: Set<String> = [
    "backup", "cache", "cat", "check", "copy", "diff", "dump", "find", "forget", "init", "key", "list", "ls",
    "migrate", "mount", "prune", "rebuild-index", "recover", "repair", "restore", "rewrite", "snapshots",
    "stats",
    "tag", "unlock",
  ]
  private static let valueFlags: Set<String> = [
    "-r", "--repo", "--repository-file", "-p", "--password-file", "--password-command", "--key-hint", "-o",
    "--option", "--cacert", "--tls-client-cert", "--cache-dir", "--limit-upload", "--limit-download",
    "--retry-lock", "--compression", "--pack-size", "--http-user-agent", "--stuck-request-timeout",
  ]
  private static let wordLimit = 48

  /// `/usr/bin/restic-0.17.1 -r x backup …`: the first word behind restic that is a command of it.
  static func commandLine(_ line: ArraySlice<UInt8>) -> String? {
    var start = line.startIndex
    while let found = line.range(of: "restic", from: start) {
      start = found.upperBound
      if found.lowerBound > line.startIndex {
        let previous = line[found.lowerBound - 1]
        guard !isLetter(previous), !isDecimal(previous), previous != UInt8(ascii: "-"),
          previous != UInt8(ascii: ".")
        else { continue }
      }
      if let operation = operation(behind: line[found.upperBound...]) { return operation }
    }
    return nil
  }

  private static func operation(behind text: ArraySlice<UInt8>) -> String? {
    let name = text.prefix(24).prefix { !isBlank($0) }
    // `-0.17.1`, `.exe`, a closing quote; `restic's` and `restic:` are no commands.
    guard name.allSatisfy({ isDecimal($0) || isLetter($0) || "-.\"',".utf8.contains($0) }) else { return nil }
    guard name.isEmpty || !isLetter(name[name.startIndex]) else { return nil }
    var skipsValue = false
    let words = text[name.endIndex...].split(maxSplits: wordLimit, whereSeparator: isBlank).prefix(wordLimit)
    for (index, bytes) in words.enumerated() {
      let word = bytes.filter { !"\"',[]".utf8.contains($0) }[...].text(byteLimit: 64)
      if skipsValue {
        skipsValue = false
      } else if word.hasPrefix("-") {
        skipsValue = valueFlags.contains(word)
      } else {
        guard operations.contains(word) else { return nil }
        guard ["key", "repair"].contains(word), index + 1 < words.count else { return word }
        let second = words[words.startIndex + index + 1].text(byteLimit: 16)
        return second.allSatisfy(\.isLetter) ? "\(word) \(second)" : word
      }
    }
    return nil
  }

  /// `profile 'x': starting 'check'`, and `ERROR backup on profile 'x': exit status 1`.
  private static func resticprofile(_ line: ArraySlice<UInt8>) -> CommandMention? {
    let isStart = line.contains(": starting '") || line.contains(": Starting '")
    if isStart || line.contains(": finished '") || line.contains(": Finished '") {
      guard let label = line.after("rofile '").flatMap(quoted),
        let operation = (line.after("tarting '") ?? line.after("inished '")).flatMap(quoted),
        operations.contains(operation)
      else { return nil }
      return CommandMention(moment: isStart ? .began : .succeeded, operation: operation, label: label)
    }
    guard let before = line.before(" on profile '"), let label = line.after(" on profile '").flatMap(quoted),
      let word = before.split(whereSeparator: isBlank).last?.text(byteLimit: 32)
    else { return nil }
    let operation = word == "retention" ? "forget" : word
    return operations.contains(operation)
      ? CommandMention(moment: .failed, operation: operation, label: label) : nil
  }

  private static func quoted(_ text: ArraySlice<UInt8>) -> String? { text.before("'").map { $0.text() } }

  /// `backup for plan "x"` in the lines in which Backrest tells how a task went.
  private static func backrestTask(_ line: ArraySlice<UInt8>) -> CommandMention? {
    let moment: CommandMention.Moment
    if line.contains("task failed") {
      moment = .failed
    } else if line.contains("task finished") {
      moment = .succeeded
    } else if line.contains("running task") {
      moment = .began
    } else {
      return nil
    }
    guard let task = line.range(of: " for plan \"") ?? line.range(of: " for repo \""),
      let word = line[..<task.lowerBound].split(whereSeparator: { isBlank($0) || $0 == UInt8(ascii: "\"") })
        .last
    else { return nil }
    let operation = word.text(byteLimit: 32)
    guard operations.contains(operation) else { return nil }
    return CommandMention(
      moment: moment, operation: operation, label: line[task.upperBound...].before("\"").map { $0.text() })
  }

  /// `Backing up location "x"`, `Forgetting for location "x"`.
  private static func autorestic(_ line: ArraySlice<UInt8>) -> CommandMention? {
    func began(_ operation: String, _ text: ArraySlice<UInt8>?) -> CommandMention? {
      text?.before("\"").map { CommandMention(moment: .began, operation: operation, label: $0.text()) }
    }
    return began("backup", line.after("Backing up location \""))
      ?? began("forget", line.after("Forgetting for location \""))
  }
}
