internal import ArgumentParser
internal import ResticAudit
internal import ResticLocks

struct AuditCompareCommand: ReslockCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Say which locks appeared, were refreshed or vanished between two bundles.",
    discussion: """
      reslock audit --compare BUNDLE compares a bundle with the repository as it is now.

      EXIT CODES
        0 compared; 1 a bundle is damaged or can't be read.
      """)

  @Argument(help: ArgumentHelp("The earlier evidence.tar.", valueName: "earlier"))
  var earlier: String
  @Argument(help: ArgumentHelp("The later one.", valueName: "later"))
  var later: String
  @OptionGroup var output: OutputFlags

  func run(_ context: CommandContext) async throws -> ExitStatus {
    let comparison = BundleComparison(
      try AuditBundles.look(at: earlier), try AuditBundles.look(at: later))
    let text =
      output.json ? comparison.json.text + "\n" : comparison.lines.map { $0 + "\n" }.joined()
    try StandardStreams.writeAnswer(text)
    return .done
  }
}
