internal import ArgumentParser
internal import ResticInputs
internal import ResticLocks

/// What the user declares about machine, locks and restic.
struct JudgementFlags: ParsableArguments {
  @Option(help: ArgumentHelp("Another name that this machine has or had (repeatable).", valueName: "name"))
  var hostAlias: [String] = []
  @Flag(help: "This machine's clock is right, although the kernel can't tell.")
  var trustClock = false
  @Option(
    help: ArgumentHelp(
      "Judge by reslock's rules, or as the newest restic's unlock would.", valueName: "reslock|restic"))
  var rules: JudgementOptions.Rules = .reslock
  @Option(
    help: ArgumentHelp("The restic whose commands are forecast, if not the newest.", valueName: "version"))
  var resticVersion: String?

  func validate() throws { _ = try version() }

  func version() throws -> ResticVersion {
    guard let resticVersion else { return .newest }
    guard let version = try? ResticVersion(parsing: resticVersion) else {
      throw ValidationError(
        "--restic-version takes a version such as 0.16.4, not '\(TerminalText.short(resticVersion, characterLimit: 40))'"
      )
    }
    return version
  }

  func options(environment: Environment) -> JudgementOptions {
    var options = JudgementOptions()
    options.rules = rules
    options.hostAliases = Set(hostAlias)
    options.trustsClock = trustClock
    options.resticExecutable = environment["RESLOCK_RESTIC"]
    return options
  }
}

extension JudgementOptions.Rules: ExpressibleByArgument {}
