package import ResticInputs

/// Finds and reads the configuration and the sources it names.
package struct CatalogLoader: Sendable {
  private let environment: Environment
  private let files: ConfigurationFiles

  package init(environment: Environment, files: ConfigurationFiles = .system) {
    self.environment = environment
    self.files = files
  }

  /// Reads everything there is.
  ///
  /// - Parameters:
  ///   - file: the value of `--config`; else RESLOCK_CONFIG and the usual places are looked at.
  ///   - names: the names asked for; those of a source that no configuration lists, such as `backrest/nas`, have
  ///     that source read at its own place.
  /// - Returns: A source that can't be read stands in the catalog as a repository with a problem.
  /// - Throws: `InputError` for a configuration that is broken or, where it was named, missing.
  package func load(file: String?, names: [String] = []) throws(InputError) -> Catalog {
    guard let configuration = try configuration(file) else {
      var loaded = Loaded()
      loadUnlisted(names, &loaded)
      return Catalog(file: nil, repositories: loaded.repositories, warnings: loaded.warnings)
    }
    let path = configuration.path
    let document: DocumentNode
    do {
      document = try DocumentFormat.yaml.parse(configuration.bytes)
    } catch {
      throw ConfigurationKeys.error(file: path, line: error.line, error.problem)
    }
    let reader = try ConfigurationReader(document, file: path, environment: environment)
    var loaded = Loaded(repositories: reader.repositories, warnings: reader.warnings)
    loaded.noteAccess(configuration, holdsSecret: reader.holdsSecret)
    for source in reader.sources { load(source.kind, source.path, &loaded) }
    loadUnlisted(names.filter { name in !loaded.repositories.contains { $0.fullName == name } }, &loaded)
    return Catalog(file: path, repositories: loaded.repositories, warnings: loaded.warnings)
  }

  /// Reads one source alone.
  ///
  /// - Parameters:
  ///   - name: `backrest`, `resticprofile`, `autorestic` or `env`.
  ///   - path: its configuration; where the program itself looks, if `nil`.
  /// - Returns: the source's repositories.
  /// - Throws: `InputError` for a source that is not known or can't be read.
  package func load(source name: String, path: String?) throws(InputError) -> Catalog {
    guard let kind = SourceKind(rawValue: name) else {
      let names = SourceKind.allCases.map(\.rawValue)
      throw InputError(
        .usage, "the source \(name) is not known",
        hint: Likeness.closest(to: name, among: names).map { "did you mean \($0)?" }
          ?? "known: \(names.joined(separator: ", "))")
    }
    guard path != nil || kind != .env else {
      throw InputError(.usage, "env has no place of its own", hint: "name a file of variables")
    }
    let file = try sourceFile(kind, path)
    let content = try SourceReader(file: file, environment: environment, files: files).read(kind)
    var loaded = Loaded(repositories: content.repositories, warnings: content.warnings)
    loaded.noteAccess(file, holdsSecret: content.holdsSecret)
    return Catalog(file: file.path, repositories: loaded.repositories, warnings: loaded.warnings)
  }

  /// Where a configuration is looked for, first to last.
  package var places: [String] {
    let home = environment["HOME"]
    let user =
      environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? home.map { "\($0)/.config" }
    return (user.map { ["\($0)/reslock/config.yaml"] } ?? []) + ["/etc/reslock/config.yaml"]
  }

  private func configuration(_ file: String?) throws(InputError) -> ConfigurationFile? {
    if let named = file ?? environment["RESLOCK_CONFIG"], !named.isEmpty {
      if let found = try files.read(named) { return found }
      throw InputError(.unreadableFile, "cannot read \(named): there is no such file")
    }
    for place in places {
      if let found = try files.read(place) { return found }
    }
    return nil
  }

  private struct Loaded {
    var repositories: [RepositorySettings] = []
    var warnings: [String] = []

    mutating func noteAccess(_ file: ConfigurationFile, holdsSecret: Bool) {
      if holdsSecret, file.isReadableByAll {
        warnings.append("\(file.path) holds a secret and everybody can read it; chmod o-r would do")
      }
      if file.isWritableByAll {
        warnings.append(
          "everybody can write \(file.path), and with it name commands to be run here; chmod o-w would do")
      }
    }
  }

  private func load(_ kind: SourceKind, _ path: String?, _ loaded: inout Loaded) {
    do throws(InputError) {
      let file = try sourceFile(kind, path)
      let content = try SourceReader(file: file, environment: environment, files: files).read(kind)
      loaded.repositories += content.repositories
      loaded.warnings += content.warnings
      loaded.noteAccess(file, holdsSecret: content.holdsSecret)
    } catch {
      var broken = RepositorySettings(
        name: path ?? "", origin: .init(source: kind.rawValue, file: path ?? "", line: 0))
      broken.problem = error
      loaded.repositories.append(broken)
    }
  }

  private func sourceFile(_ kind: SourceKind, _ path: String?) throws(InputError) -> ConfigurationFile {
    let places = path.map { [$0] } ?? kind.places(environment)
    for place in places {
      if let file = try files.read(place) { return file }
    }
    throw InputError(
      .unreadableFile, "\(kind.rawValue) has no configuration at \(places.joined(separator: " or "))",
      hint: "name it under sources: as \(kind.rawValue): PATH")
  }

  private func loadUnlisted(_ names: [String], _ loaded: inout Loaded) {
    let kinds = SourceKind.allCases.filter { kind in
      kind != .env && names.contains { $0.hasPrefix("\(kind.rawValue)/") }
        && !loaded.repositories.contains { $0.origin.source == kind.rawValue }
    }
    for kind in kinds { load(kind, nil, &loaded) }
  }
}
