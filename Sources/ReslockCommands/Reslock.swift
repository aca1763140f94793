package import ArgumentParser

/// The root of the command line.
package struct Reslock: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "reslock",
    abstract: "See, explain and clear the locks of restic repositories, without restic.",
    discussion: """
      Reads the repository's own format, says with evidence whether each lock's holder lives, and forecasts what \
      restic would refuse. Takes no lock, signals no process but the command of guard, and writes nothing into a repository but the removal of \
      single locks by unlock, and their return by undo.
      """,
    version: "0.1.0",
    subcommands: [
      StatusCommand.self, ListCommand.self, ShowCommand.self, UnlockCommand.self, UndoCommand.self,
      CheckCommand.self, WaitCommand.self, GuardCommand.self, ObserveCommand.self, JournalCommand.self,
      ExplainCommand.self, AuditCommand.self, ReposCommand.self,
    ])

  package init() {}
}
