internal import ArgumentParser
internal import RepositoryCatalog
internal import ResticLocks

/// What is asked, and what counts as too long.
struct CheckOptions: ParsableArguments {
  @Option(
    name: .customLong("for"),
    help: ArgumentHelp(
      "A restic command that is to run (repeatable); backup and forget when there is none.",
      valueName: "command"))
  var operations: [String] = []
  @Flag(help: "Exit 20 when all of it can run, but some lock needs attention.")
  var strict = false
  @Flag(help: "Open the repository also where no lock makes it necessary, so that a wrong password shows.")
  var verifyPassword = false
  @Option(
    help: ArgumentHelp(
      "How long living holders may keep forget from running, unless --for names it: 24h unless said otherwise.",
      valueName: "duration"))
  var warningAge: DurationArgument?
  @Option(
    help: ArgumentHelp(
      "How long a lock may be in the way before --nagios calls it critical: 3d unless said otherwise.",
      valueName: "duration"))
  var criticalAge: DurationArgument?
  @Flag(help: "Answer as a monitoring plugin: one line with performance data, exits 0 to 3.")
  var nagios = false
  @Option(
    defaultAsFlag: "-",
    help: ArgumentHelp(
      "Answer as metrics for Prometheus, or put them into this file for node_exporter.", valueName: "file"))
  var prometheus: String?

  func validate() throws {
    for name in operations where (try? ResticOperation.named(name)) == nil {
      throw ValidationError(
        "--for takes a command of restic, such as backup or \"repair index\", not '\(TerminalText.short(name, characterLimit: 40))'"
      )
    }
    if nagios, prometheus != nil { throw ValidationError("--nagios and --prometheus exclude each other") }
  }

  func rules(version: ResticVersion) throws -> CheckRules {
    let names = operations.isEmpty ? CheckRules.defaultOperationNames : operations
    let operations = try names.map(ResticOperation.named)
    // What this version lacks is wrong use, whatever is found.
    for operation in operations { _ = try operation.lock(in: version) }
    var asked: Set<String> = []
    return CheckRules(
      operations: operations.filter { asked.insert($0.name).inserted }, version: version,
      isDefault: self.operations.isEmpty, isStrict: strict,
      warningAgeSeconds: warningAge?.seconds ?? CheckRules.defaultWarningAgeSeconds,
      criticalAgeSeconds: criticalAge?.seconds ?? CheckRules.defaultCriticalAgeSeconds)
  }

  /// The command line's thresholds, else the configuration's for this repository.
  func rules(_ rules: CheckRules, for target: RepositoryTarget) -> CheckRules {
    CheckRules(
      operations: rules.operations, version: rules.version, isDefault: rules.isDefault,
      isStrict: rules.isStrict,
      warningAgeSeconds: warningAge?.seconds ?? target.settings?.warningAgeSeconds ?? rules.warningAgeSeconds,
      criticalAgeSeconds: criticalAge?.seconds ?? target.settings?.criticalAgeSeconds
        ?? rules.criticalAgeSeconds)
  }
}
