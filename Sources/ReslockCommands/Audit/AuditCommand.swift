internal import ArgumentParser

struct AuditCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit",
    abstract: "Find out what happened to a repository's locks, and keep the evidence.",
    subcommands: [AuditRunCommand.self, AuditVerifyCommand.self, AuditCompareCommand.self],
    defaultSubcommand: AuditRunCommand.self)
}
