internal import RepositoryCatalog
internal import ResticInputs
internal import ResticLocks
internal import ResticStorage

/// One repository that a command is about, by its name in the configuration or by its location.
struct RepositoryTarget: Sendable {
  /// The name in the configuration; `nil` for a plain location.
  let name: String?
  /// What the configuration says; `nil` for a plain location.
  let settings: RepositorySettings?
  /// The command line's flags, with this location alone.
  let flags: RepositoryFlags

  /// What an answer is headed with.
  var title: String { name ?? RepositoryLocation.hidingSecrets(in: flags.repository ?? "") }

  /// Where it is, secrets hidden; empty where only looking tells.
  var location: String {
    guard let settings else { return RepositoryLocation.hidingSecrets(in: flags.repository ?? "") }
    if case .text(let text) = settings.location { return RepositoryLocation.hidingSecrets(in: text) }
    return ""
  }

  /// The flags and environment that lead to it.
  func prepared(_ context: CommandContext) async throws -> (flags: RepositoryFlags, environment: Environment)
  {
    guard let settings else { return (flags, context.environment) }
    return try await settings.prepared(flags: flags, base: context.environment, files: context.files)
  }

  /// The command line's declarations with those of the configuration.
  func judged(_ options: JudgementOptions) -> JudgementOptions {
    var options = options
    options.hostAliases.formUnion(settings?.hostAliases ?? [])
    options.trustsClock = options.trustsClock || settings?.trustsClock == true
    return options
  }
}
