internal import ResticInputs

/// Backrest's `config.json`: its repositories, by their IDs.
struct BackrestSource {
  private let source: SourceReader

  init(_ source: SourceReader) { self.source = source }

  func read() throws(InputError) -> SourceContent {
    let document = try source.document(.json)
    guard document.members != nil else { throw source.problem("it takes a mapping", line: document.line) }
    var content = SourceContent()
    for repo in document["repos"]?.elements ?? [] {
      guard let name = repo["id"]?.text, !name.isEmpty else {
        content.warnings.append("\(source.file.path), line \(repo.line): a repository has no id")
        continue
      }
      var settings = source.settings(.backrest, name: name, line: repo.line)
      do throws(InputError) {
        try fill(&settings, from: repo, &content)
      } catch {
        settings.problem = error
      }
      content.repositories.append(settings)
    }
    return content
  }

  private func fill(
    _ settings: inout RepositorySettings, from repo: DocumentNode, _ content: inout SourceContent
  ) throws(InputError) {
    if let password = repo["password"]?.text, !password.isEmpty {
      settings.password = .given(HiddenText(password))
      content.holdsSecret = true
    }
    settings.expectedID = repo["guid"]?.text.flatMap { $0.isEmpty ? nil : $0 }
    if repo["autoUnlock"]?.bool == true {
      settings.notes.append(
        "Backrest runs restic unlock on it before each task; reslock removes nothing by itself")
    }
    guard let uri = repo["uri"]?.text, !uri.isEmpty else {
      throw source.problem("the repository \(settings.name) has no uri", line: repo.line)
    }
    settings.location = .text(source.paths.expandingHome(try source.expanded(uri, line: repo.line)))
    for node in repo["env"]?.elements ?? [] {
      guard let text = node.text, let cut = text.firstIndex(of: "="), cut > text.startIndex else {
        throw source.problem("a variable of \(settings.name) is not NAME=VALUE", line: node.line)
      }
      let name = String(text[..<cut])
      if ConfigurationReader.isSecretName(name) { content.holdsSecret = true }
      let value = try source.expanded(String(text[text.index(after: cut)...]), line: node.line)
      settings.environment.append(.init(name: name, value: .given(HiddenText(value))))
    }
    var arguments: [String] = []
    for node in repo["flags"]?.elements ?? [] {
      guard let text = node.text, !text.isEmpty else { continue }
      arguments += try CommandArguments.split(
        try source.expanded(text, line: node.line), what: "a flag of \(settings.name)")
    }
    try ResticArguments.apply(arguments, to: &settings)
  }
}
