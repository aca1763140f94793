internal import RepositoryCatalog
internal import ResticInputs

extension FuzzTarget {
  static let catalogTargets: [FuzzTarget] =
    DocumentFormat.allCases.map { format in
      FuzzTarget(format.rawValue) { bytes in
        guard let document = try? format.parse(bytes) else { return }
        precondition(isBounded(document), "deeper or longer than the text allows")
      }
    } + [
      FuzzTarget("environment-file") { bytes in
        guard let variables = try? EnvironmentFileText.variables(bytes) else { return }
        precondition(variables.allSatisfy { !$0.name.isEmpty }, "a variable without a name")
      },
      FuzzTarget("profile-templates") { bytes in
        let templates = ProfileTemplates(bytes, folder: "/etc", environment: Environment(["HOME": "/root"]))
        let text = String(decoding: templates.text, as: UTF8.self)
        _ = templates.resolve(text, profile: "name")
      },
      FuzzTarget("repository-configuration") { bytes in
        let files = ConfigurationFiles { path throws(InputError) in
          path == "/config.yaml" ? ConfigurationFile(path: path, bytes: bytes) : nil
        }
        let loader = CatalogLoader(environment: Environment(["HOME": "/root"]), files: files)
        guard let catalog = try? loader.load(file: "/config.yaml") else { return }
        for settings in catalog.repositories where settings.origin.source == nil {
          precondition((try? catalog.find(settings.fullName)) != nil, "a repository that can't be found")
        }
      },
    ]

  private static func isBounded(_ document: DocumentNode) -> Bool {
    var (nodes, next) = (0, [document])
    while let node = next.popLast() {
      nodes += 1
      next += (node.elements ?? []) + (node.members ?? []).map(\.value)
      if nodes > 1_000_000 || node.line < 1 { return false }
    }
    return true
  }
}
