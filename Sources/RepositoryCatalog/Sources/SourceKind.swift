internal import ResticInputs

/// Programs whose configurations are read in place.
enum SourceKind: String, Sendable, CaseIterable {
  case backrest, resticprofile, autorestic, env

  /// Where the program itself looks for its configuration.
  func places(_ environment: Environment) -> [String] {
    let home = environment["HOME"] ?? ""
    let user = environment["XDG_CONFIG_HOME"] ?? "\(home)/.config"
    switch self {
    case .backrest:
      if let path = environment["BACKREST_CONFIG"] { return [path] }
      return ["\(user)/backrest/config.json", "/config/config.json"]
    case .resticprofile:
      let folders = ["\(user)/resticprofile", "/etc/resticprofile", "/usr/local/etc/resticprofile"]
      return folders.flatMap { folder in ["toml", "yaml", "json", "conf"].map { "\(folder)/profiles.\($0)" } }
    case .autorestic:
      return ["./.autorestic.yml", "./.autorestic.yaml"]
        + [home, "\(home)/.config/autorestic", "/etc/autorestic"].flatMap { folder in
          ["yml", "yaml"].map { "\(folder)/.autorestic.\($0)" }
        }
    case .env: return []
    }
  }
}
