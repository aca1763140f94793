internal import ArgumentParser
internal import RepositoryCatalog
internal import ResticLocks

struct ReposShowCommand: ReslockCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show the effective settings of repositories, defaults included and secrets hidden.",
    discussion: """
      Values of variables are never shown, only where they come from. With --json, one object a line.

      EXIT CODES
        0 shown; 1 some can't be understood; 64 no such name, or the configuration is broken.
      """)

  @Argument(help: ArgumentHelp("Names as in -r @NAME; all when there are none.", valueName: "name"))
  var names: [String] = []
  @OptionGroup var options: ConfigurationOptions
  @OptionGroup var output: OutputFlags

  func run(_ context: CommandContext) async throws -> ExitStatus {
    let names = names.map { $0.hasPrefix("@") ? String($0.dropFirst()) : $0 }
    let catalog = try options.load(context, names: names)
    let chosen = names.isEmpty ? catalog.repositories : try names.map { try catalog.find($0) }
    let blocks = chosen.map { settings -> String in
      if output.json { return SettingsDocument.json(settings).text }
      let lines = SettingsText.lines(settings)
      let width = lines.map(\.0.count).max() ?? 0
      let header = context.terminal.styled(TerminalText.escaped(settings.fullName), .bold)
      return
        ([header]
        + lines.map { key, value in
          "  \(key)\(String(repeating: " ", count: width - key.count))  \(TerminalText.escaped(value))"
        }).joined(separator: "\n")
    }
    guard !blocks.isEmpty else { return .done }
    try StandardStreams.writeAnswer(blocks.joined(separator: output.json ? "\n" : "\n\n") + "\n")
    return chosen.contains { $0.problem != nil } ? .failed : .done
  }
}
