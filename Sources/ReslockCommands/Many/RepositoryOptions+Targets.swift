internal import ArgumentParser
internal import RepositoryCatalog
internal import ResticInputs

/// The repositories that a command line names.
struct RepositoryTargets: Sendable {
  let targets: [RepositoryTarget]
  /// Several were asked for, so that answers carry names and errors are answers; also where only one came of it.
  let isMany: Bool
}

extension RepositoryOptions {
  /// The one repository named; the configuration is read only where an `@NAME` asks for it.
  func target(_ context: CommandContext) throws -> RepositoryTarget {
    guard repository.count <= 1 else {
      throw InputError(.usage, "this command takes one repository, and -r is given \(repository.count) times")
    }
    return try targets(context, ManyOptions.none).targets.first
      ?? RepositoryTarget(name: nil, settings: nil, flags: flags(nil))
  }

  func targets(_ context: CommandContext, _ many: ManyOptions) throws -> RepositoryTargets {
    if many.all {
      guard repository.isEmpty, repositoryFile == nil else {
        throw InputError(.usage, "--all and a repository exclude each other")
      }
      let catalog = try loadCatalog(context, names: [])
      guard !catalog.repositories.isEmpty else {
        throw InputError(
          .usage,
          "--all finds no repository: \(catalog.file.map { "\($0) names none" } ?? "there is no configuration")",
          hint: "write ~/.config/reslock/config.yaml (or in $XDG_CONFIG_HOME), or name one with --config")
      }
      return RepositoryTargets(targets: catalog.repositories.map(named), isMany: true)
    }
    // Like every flag, -r hides its variable.
    let given =
      repository.isEmpty ? [context.environment["RESTIC_REPOSITORY"]] : repository.map(Optional.some)
    guard given.contains(where: { $0?.hasPrefix("@") == true }) else {
      let targets = (repository.isEmpty ? [nil] : repository.map(Optional.some)).map { location in
        RepositoryTarget(name: nil, settings: nil, flags: flags(location))
      }
      return RepositoryTargets(targets: targets, isMany: targets.count > 1)
    }
    guard repositoryFile?.isEmpty ?? true else {
      throw InputError(.usage, "the repository is given twice: by -r and by a repository file")
    }
    let names = given.compactMap { $0?.hasPrefix("@") == true ? $0.map { String($0.dropFirst()) } : nil }
    let catalog = try loadCatalog(context, names: names)
    let targets = try given.map { location in
      guard let location, location.hasPrefix("@") else {
        return RepositoryTarget(name: nil, settings: nil, flags: flags(location))
      }
      return named(try catalog.find(String(location.dropFirst())))
    }
    return RepositoryTargets(targets: targets, isMany: targets.count > 1)
  }

  /// Reads the configuration, and tells what it warns of.
  func loadCatalog(_ context: CommandContext, names: [String]) throws -> Catalog {
    let catalog = try CatalogLoader(environment: context.environment).load(file: config, names: names)
    for warning in catalog.warnings { StandardStreams.tell("warning: \(TerminalText.escaped(warning))") }
    return catalog
  }

  private func named(_ settings: RepositorySettings) -> RepositoryTarget {
    RepositoryTarget(name: settings.fullName, settings: settings, flags: flags(nil))
  }
}

extension ManyOptions {
  static var none: ManyOptions { ManyOptions(all: false) }

  private init(all: Bool) {
    self.init()
    self.all = all
    repositoryTimeout = DurationArgument(seconds: 30)
  }
}
