internal import HostFacts
internal import ArgumentParser
internal import ResticInputs
internal import ResticLocks
internal import ResticStorage

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Where the record of removals is kept.
struct JournalOptions: ParsableArguments {
  @Option(
    name: .customLong("journal"),
    help: ArgumentHelp(
      "The record of removals ($RESLOCK_JOURNAL; else journal.jsonl in reslock's state folder).",
      valueName: "file"))
  var path: String?

  func journal(_ context: CommandContext) throws(JournalError) -> Journal {
    if let path, !path.isEmpty { return Journal(path: path) }
    if let path = context.environment["RESLOCK_JOURNAL"] { return Journal(path: path) }
    guard let folder = StateFolder.path(context.environment) else {
      throw JournalError(
        .noPlace,
        "there is no place for the journal: neither XDG_STATE_HOME, HOME nor STATE_DIRECTORY is set",
        hint: "name a file with --journal or RESLOCK_JOURNAL")
    }
    return Journal(path: "\(folder)/journal.jsonl")
  }

  func writer(_ context: CommandContext) throws(JournalError) -> JournalWriter {
    let runID = String(UInt64.random(in: 0...UInt64.max), radix: 16)
    return JournalWriter(
      try journal(context), requester: Self.requester(context),
      runID: String(repeating: "0", count: 16 - runID.count) + runID)
  }

  /// Who runs this, and with which command line: its first characters, unless more are wanted.
  static func requester(_ context: CommandContext, characterLimit: Int = 300) -> Requester {
    let userID = geteuid()
    // What the system calls this user; services often run without USER.
    let user = context.surroundings.host.userName ?? context.environment["LOGNAME"] ?? "UID \(userID)"
    return Requester(
      user: user, userID: userID, host: context.surroundings.host.hostName, pid: context.surroundings.ownPID,
      command: CommandLineText.text(
        Self.withoutValues(CommandLine.arguments), characterLimit: characterLimit))
  }

  /// Options may hold whole commands with their passwords, and locations those of a remote; of a command behind `--` only
  /// the program is named.
  static func withoutValues(_ arguments: [String]) -> [String] {
    var result: [String] = []
    for argument in arguments {
      if result.last == "--" {
        result.append(RepositoryLocation.hidingSecrets(in: argument))
        if argument != arguments.last { result.append("…") }
        break
      }
      switch result.last {
      case "-o", "--option": result.append(argument.split(separator: "=").first.map { "\($0)=***" } ?? "***")
      case "--password-command": result.append("***")
      default: result.append(RepositoryLocation.hidingSecrets(in: hidingValue(of: argument)))
      }
    }
    return result
  }

  private static func hidingValue(of argument: String) -> String {
    for flag in ["--option=", "--password-command="] where argument.hasPrefix(flag) { return flag + "***" }
    // `-o` and its value in one word.
    if argument.hasPrefix("-o"), argument.utf8.count > 2 { return "-o***" }
    return argument
  }
}
