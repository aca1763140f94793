internal import RepositoryCatalog
internal import ResticFormat
internal import ResticInputs
internal import ResticLocks
internal import ResticStorage
internal import StorageBackends

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

  /// The way to its files: the command line's, changed by what the configuration says.
  ///
  /// `inputs` and `environment` are what `prepared` leads to.
  func connect(
    _ context: CommandContext, _ inputs: RepositoryInputs, _ environment: Environment,
    _ network: TransportFlags
  ) async throws -> StorageConnection {
    let flags = settings?.transportFlags(network) ?? network
    return try await StorageConnector(
      location: inputs.location, options: inputs.options,
      settings: .resolve(flags: flags, environment: environment),
      environment: StorageEnvironment(environment, files: context.files)
    ).connect()
  }

  /// What `auto-unlock` allows to be removed without being asked for each time: locks of these verdicts, written on one
  /// of the hosts it names; `nil` where it allows nothing.
  var autoUnlock: LockSelector? {
    guard let settings, settings.autoUnlock != .off, !settings.autoUnlockHosts.isEmpty else { return nil }
    let verdicts: Set<Verdict> =
      settings.autoUnlock == .expired ? [.dead, .superseded, .expired] : [.dead, .superseded]
    let hosts = Set(settings.autoUnlockHosts)
    return { assessment in
      guard let verdict = assessment.verdict, let record = assessment.lock.record else { return false }
      return verdicts.contains(verdict) && hosts.contains(record.hostname)
    }
  }

  /// The command line's declarations with those of the configuration.
  func judged(_ options: JudgementOptions) -> JudgementOptions {
    var options = options
    options.hostAliases.formUnion(settings?.hostAliases ?? [])
    options.trustsClock = options.trustsClock || settings?.trustsClock == true
    return options
  }
}

/// Which locks may go.
typealias LockSelector = @Sendable (Assessment) -> Bool
