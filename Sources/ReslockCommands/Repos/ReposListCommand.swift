internal import ArgumentParser
internal import RepositoryCatalog
internal import ResticInputs
internal import ResticLocks

struct ReposListCommand: ReslockCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the repositories of the configuration; nothing of them is read.",
    discussion: """
      With -q, only the names; with --json, one object a line.

      EXIT CODES
        0 all could be understood; 1 some could not; 64 the configuration is broken.
      """)

  @OptionGroup var options: ConfigurationOptions
  @OptionGroup var output: OutputFlags

  func run(_ context: CommandContext) async throws -> ExitStatus {
    let catalog = try options.load(context)
    let repositories = catalog.repositories
    if output.json {
      let lines = repositories.map { SettingsDocument.json($0).text + "\n" }
      try StandardStreams.writeAnswer(lines.joined())
    } else if output.quiet {
      try StandardStreams.writeAnswer(
        repositories.map { TerminalText.escaped($0.fullName) + "\n" }.joined())
    } else {
      var table = TextTable([.init(title: "NAME"), .init(title: "LOCATION"), .init(title: "PASSWORD")])
      for settings in repositories {
        table.add([
          .init(text: TerminalText.short(settings.fullName, characterLimit: 60)),
          .init(text: TerminalText.short(SettingsText.location(settings), characterLimit: 80)),
          .init(
            text: settings.problem.map { TerminalText.short($0.message, characterLimit: 120) }
              ?? TerminalText.short(SettingsText.password(settings), characterLimit: 80),
            style: settings.problem == nil ? .plain : .bad),
        ])
      }
      if !repositories.isEmpty {
        try StandardStreams.writeAnswer(table.lines(context.terminal).map { $0 + "\n" }.joined())
      } else {
        StandardStreams.tell(
          catalog.file.map { "\(TerminalText.escaped($0)) names no repository" } ?? "no configuration")
      }
    }
    return repositories.contains { $0.problem != nil } ? .failed : .done
  }
}

extension ConfigurationOptions {
  /// Reads the configuration, and tells what it warns of.
  func load(_ context: CommandContext, names: [String] = []) throws -> Catalog {
    let catalog = try CatalogLoader(environment: context.environment).load(file: config, names: names)
    for warning in catalog.warnings { StandardStreams.tell("warning: \(TerminalText.escaped(warning))") }
    return catalog
  }
}
