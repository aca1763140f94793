internal import ResticInputs

/// resticprofile's configuration (TOML, YAML, JSON; versions 1 and 2): the profiles that name a repository.
struct ResticprofileSource {
  private let source: SourceReader
  private let templates: ProfileTemplates

  init(_ source: SourceReader) {
    self.source = source
    templates = ProfileTemplates(
      source.file.bytes, folder: source.paths.folder, environment: source.environment)
  }

  /// Sections of the first version's top level that are no profiles.
  private static let otherSections: Set<String> = [
    "global", "groups", "includes", "mixins", "schedules", "version",
  ]
  private static let inheritanceLimit = 32

  func read() throws(InputError) -> SourceContent {
    guard let format = DocumentFormat(fileName: source.file.path) else {
      throw source.problem("only TOML, YAML and JSON are read of resticprofile's formats", line: 0)
    }
    let document: DocumentNode
    do throws(InputError) {
      document = try source.document(format, templates.text)
    } catch {
      guard let first = templates.unexpanded.first else { throw error }
      throw InputError(
        error.kind, error.message,
        hint: "line \(first.line) has the template \(first.text), which reslock does not expand")
    }
    guard document.members != nil else { throw source.problem("it takes a mapping", line: document.line) }
    var content = SourceContent()
    if let includes = document["includes"] {
      content.warnings.append(
        "\(source.file.path), line \(includes.line): includes are not followed; name those files too")
    }
    let version = document["version"]?.text ?? "1"
    guard version == "1" || version == "2" else {
      throw source.problem(
        "version \(version) of resticprofile's configuration is not known", line: document.line)
    }
    let profiles =
      version == "2"
      ? document["profiles"]?.members ?? []
      : (document.members ?? []).filter { !Self.otherSections.contains($0.key) }
    let byName = Dictionary(profiles.map { ($0.key, $0.value) }) { first, _ in first }
    for profile in profiles where profile.value.members != nil {
      try readProfile(profile, byName, &content)
    }
    return content
  }

  private func readProfile(
    _ profile: DocumentNode.Member, _ byName: [String: DocumentNode], _ content: inout SourceContent
  ) throws(InputError) {
    var settings = source.settings(.resticprofile, name: profile.key, line: profile.line)
    do throws(InputError) {
      let whole = try inherited(profile.value, byName)
      // A profile that others inherit from needs no repository of its own.
      guard whole["repository"] != nil || whole["repository-file"] != nil else { return }
      try fill(
        &settings, ProfileValues(whole, name: profile.key, templates: templates, source: source), &content)
      if whole["use"] != nil {
        settings.notes.append("it uses mixins, which reslock does not read")
      }
    } catch {
      settings.problem = error
    }
    content.repositories.append(settings)
  }

  /// The profile with what it inherits: its own values win, mappings are put together key by key.
  private func inherited(
    _ profile: DocumentNode, _ byName: [String: DocumentNode]
  ) throws(InputError) -> DocumentNode {
    var whole = profile
    var next = profile["inherit"]?.text
    var count = 0
    while let name = next {
      guard let parent = byName[name] else {
        throw source.problem("it inherits from \(name), which is not there", line: profile.line)
      }
      count += 1
      guard count <= Self.inheritanceLimit else {
        throw source.problem("it inherits from itself, or from too many others", line: profile.line)
      }
      whole = Self.merged(whole, over: parent)
      next = parent["inherit"]?.text
    }
    return whole
  }

  private static func merged(_ own: DocumentNode, over parent: DocumentNode) -> DocumentNode {
    guard let members = own.members, let parents = parent.members else { return own }
    let parentValues = Dictionary(parents.map { ($0.key, $0.value) }) { first, _ in first }
    let keys = Set(members.map(\.key))
    let merged = members.map { member in
      DocumentNode.Member(
        key: member.key, line: member.line,
        value: parentValues[member.key].map { Self.merged(member.value, over: $0) } ?? member.value)
    }
    return DocumentNode(.mapping(merged + parents.filter { !keys.contains($0.key) }), line: own.line)
  }

  private func fill(
    _ settings: inout RepositorySettings, _ values: ProfileValues, _ content: inout SourceContent
  ) throws(InputError) {
    if let text = try values.expanded("repository") {
      var location = source.paths.expandingHome(text)
      if let folder = try values.expanded("base-dir") {
        location = PathText(folder: source.paths.expandingHome(folder), home: nil).location(location)
      }
      settings.location = .text(location)
    } else if let path = try values.path("repository-file") {
      settings.location = .file(path)
    }
    if let path = try values.path("password-file") {
      settings.password = .file(path)
    } else if let command = try values.text("password-command") {
      settings.password = .command(try CommandArguments.split(command, what: "the password command"))
    }
    settings.isInsecureNoPassword = try values.bool("insecure-no-password")
    settings.isInsecureTLS = try values.bool("insecure-tls")
    settings.keyHint = try values.text("key-hint")
    settings.caCertificates = try values.path("cacert").map { [$0] } ?? []
    settings.tlsClientCertificate = try values.path("tls-client-cert")
    settings.options = try values.texts("option")
    settings.environment = try environment(values, &content)
    if try values.bool("force-inactive-lock") {
      settings.notes.append("resticprofile may run restic unlock on it; reslock removes nothing by itself")
    }
  }

  /// Files first, so that variables of the profile itself win.
  private func environment(
    _ values: ProfileValues, _ content: inout SourceContent
  ) throws(InputError) -> [RepositorySettings.Variable] {
    var variables: [String: String] = [:]
    for path in try values.texts("env-file") {
      let path = source.paths.absolute(try source.expanded(path, line: values.line))
      guard let file = try source.files.read(path) else {
        throw source.problem("its env-file \(path) is not there", line: values.line)
      }
      for variable in try EnvironmentFileText.variables(file) { variables[variable.name] = variable.value }
    }
    for (name, value) in try values.mapping("env") {
      if ConfigurationReader.isSecretName(name) { content.holdsSecret = true }
      variables[name.uppercased()] = value
    }
    return variables.sorted { $0.key < $1.key }.map {
      .init(name: $0.key, value: .given(HiddenText($0.value)))
    }
  }
}

/// The values of one profile, templates put in place; what can't be expanded is named, not guessed.
private struct ProfileValues {
  private let node: DocumentNode
  private let name: String
  private let templates: ProfileTemplates
  private let source: SourceReader

  init(_ node: DocumentNode, name: String, templates: ProfileTemplates, source: SourceReader) {
    self.node = node
    self.name = name
    self.templates = templates
    self.source = source
  }

  var line: Int { node.line }

  func text(_ key: String) throws(InputError) -> String? {
    guard let value = node[key], let text = value.text, !text.isEmpty else { return nil }
    return try resolved(text, value.line)
  }

  /// With variables of the environment put in place.
  func expanded(_ key: String) throws(InputError) -> String? {
    guard let text = try text(key) else { return nil }
    return try source.expanded(text, line: node[key]?.line ?? node.line)
  }

  /// A path, from beside the configuration where it is relative.
  func path(_ key: String) throws(InputError) -> String? { try expanded(key).map(source.paths.absolute) }

  func bool(_ key: String) throws(InputError) -> Bool { node[key]?.bool ?? false }

  func texts(_ key: String) throws(InputError) -> [String] {
    var result: [String] = []
    for text in node[key]?.texts ?? [] { result.append(try resolved(text, node[key]?.line ?? node.line)) }
    return result
  }

  func mapping(_ key: String) throws(InputError) -> [(String, String)] {
    var result: [(String, String)] = []
    for member in node[key]?.members ?? [] {
      result.append((member.key, try resolved(member.value.text ?? "", member.line)))
    }
    return result
  }

  private func resolved(_ text: String, _ line: Int) throws(InputError) -> String {
    let (result, unexpanded) = templates.resolve(text, profile: name)
    guard let unexpanded else { return result }
    throw source.problem("the template \(unexpanded) can't be expanded", line: line)
  }
}
