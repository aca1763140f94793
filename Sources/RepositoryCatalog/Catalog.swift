package import ResticInputs

/// The repositories that a configuration and its sources name.
package struct Catalog: Sendable {
  /// The configuration that was read; `nil` where there is none.
  package let file: String?
  /// In the order of the configuration, those of its sources behind them.
  package let repositories: [RepositorySettings]
  /// What a person should know, such as secrets that everybody can read.
  package let warnings: [String]

  /// The repository of a name as `-r @NAME` has it, without the `@`.
  ///
  /// A plain name is one of the configuration's own repositories, else the only one of that name in any source.
  ///
  /// - Throws: `.usage` for a name that is not there, or that several sources have.
  package func find(_ name: String) throws(InputError) -> RepositorySettings {
    if let own = repositories.first(where: { $0.fullName == name }) { return own }
    let matches = repositories.filter { $0.name == name }
    guard let match = matches.first else { throw unknown(name) }
    guard matches.count == 1 else {
      throw InputError(
        .usage, "@\(name) names several repositories",
        hint: "say which: \(matches.map { "@" + $0.fullName }.joined(separator: ", "))")
    }
    return match
  }

  private func unknown(_ name: String) -> InputError {
    let place = file.map { "in \($0)" } ?? "and there is no configuration"
    let likely = Likeness.closest(to: name, among: repositories.flatMap { [$0.fullName, $0.name] })
    let hint =
      likely.map { "did you mean @\($0)?" }
      ?? (file == nil
        ? "write ~/.config/reslock/config.yaml (or in $XDG_CONFIG_HOME), or name one with --config; a folder of this name is ./@\(name)"
        : "reslock repos list shows those there are; a folder of this name is ./@\(name)")
    return InputError(.usage, "no repository is called @\(name) \(place)", hint: hint)
  }
}
