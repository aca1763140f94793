internal import HostFacts
internal import ArgumentParser
internal import ResticInputs
internal import ResticLocks

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

  private static func requester(_ context: CommandContext) -> Requester {
    let userID = geteuid()
    let user = context.environment["USER"] ?? context.environment["LOGNAME"] ?? "UID \(userID)"
    return Requester(
      user: user, userID: userID, host: context.surroundings.host.hostName, pid: context.surroundings.ownPID,
      command: CommandLineText.text(CommandLine.arguments))
  }
}
