internal import ArgumentParser

struct ReposCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "repos",
    abstract: "List, test and show the repositories of the configuration, and import others.",
    discussion: """
      The configuration is config.yaml in $XDG_CONFIG_HOME/reslock or ~/.config/reslock, else /etc/reslock/config.yaml, \
      or what --config or $RESLOCK_CONFIG names. Its sources (backrest, resticprofile, autorestic, env) are read in \
      place. Any command takes a repository of it as -r @NAME.
      """,
    subcommands: [
      ReposListCommand.self, ReposTestCommand.self, ReposShowCommand.self, ReposImportCommand.self,
    ])
}

/// Where the configuration is.
struct ConfigurationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The configuration that names repositories ($RESLOCK_CONFIG), if not at its usual place.",
      valueName: "file"))
  var config: String?
}
