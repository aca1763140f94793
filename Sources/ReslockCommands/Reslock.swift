package import ArgumentParser

/// The root of the command line.
package struct Reslock: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "reslock",
    abstract: "See and explain the locks of restic repositories, without restic.",
    discussion: """
      Reads the repository's own format, says with evidence whether each lock's holder lives, and forecasts what \
      restic would refuse. Writes nothing into a repository, takes no lock and signals no process.
      """,
    version: "0.1.0",
    subcommands: [StatusCommand.self, ListCommand.self, ShowCommand.self, ReposCommand.self])

  package init() {}
}
