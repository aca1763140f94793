internal import ResticInputs

/// autorestic's configuration (version 2): its backends, by their names.
struct AutoresticSource {
  private let source: SourceReader

  init(_ source: SourceReader) { self.source = source }

  func read() throws(InputError) -> SourceContent {
    let document = try source.document(.yaml)
    guard document.members != nil else { throw source.problem("it takes a mapping", line: document.line) }
    let version = document["version"]?.text
    guard version == "2" else {
      throw source.problem(
        "autorestic's version \(version ?? "1") of its configuration is not read; version 2 is",
        line: document["version"]?.line ?? 1)
    }
    let overrides = try environmentFile()
    var content = SourceContent()
    for backend in document["backends"]?.members ?? [] {
      var settings = source.settings(.autorestic, name: backend.key, line: backend.line)
      do throws(InputError) {
        try fill(&settings, from: backend.value, overrides, &content)
      } catch {
        settings.problem = error
      }
      content.repositories.append(settings)
    }
    return content
  }

  /// `.autorestic.env` beside the configuration, which is given to autorestic itself.
  private func environmentFile() throws(InputError) -> [String: String] {
    guard let file = try source.files.read("\(source.paths.folder)/.autorestic.env") else { return [:] }
    let variables = try EnvironmentFileText.variables(file)
    return Dictionary(variables.map { ($0.name, $0.value) }) { $1 }
  }

  private func fill(
    _ settings: inout RepositorySettings, from backend: DocumentNode, _ file: [String: String],
    _ content: inout SourceContent
  ) throws(InputError) {
    let prefix = "AUTORESTIC_\(settings.name.uppercased())_"
    var variables: [String: String] = [:]
    for member in backend["env"]?.members ?? [] {
      if ConfigurationReader.isSecretName(member.key) { content.holdsSecret = true }
      variables[member.key.uppercased()] = member.value.text ?? ""
    }
    for (name, value) in file where name.hasPrefix(prefix) {
      variables[String(name.dropFirst(prefix.count))] = value
    }
    for name in source.environment.names where name.hasPrefix(prefix) {
      variables[String(name.dropFirst(prefix.count))] = source.environment[name]
    }
    // autorestic gives the password as RESTIC_PASSWORD, unless one of its variables takes its place.
    let key = backend["key"]?.text ?? ""
    if !key.isEmpty { content.holdsSecret = true }
    let keyName = "AUTORESTIC_KEY_\(settings.name.uppercased())"
    if let password = variables.removeValue(forKey: "RESTIC_PASSWORD") ?? (key.isEmpty ? nil : key)
      ?? file[keyName] ?? source.environment[keyName]
    {
      settings.password = .given(HiddenText(password))
    }
    settings.environment = variables.sorted { $0.key < $1.key }.map {
      .init(name: $0.key, value: .given(HiddenText($0.value)))
    }
    settings.location = .text(try location(of: backend, name: settings.name))
  }

  private func location(of backend: DocumentNode, name: String) throws(InputError) -> String {
    guard let type = backend["type"]?.text, let path = backend["path"]?.text, !path.isEmpty else {
      throw source.problem("the backend \(name) has no type or no path", line: backend.line)
    }
    switch type {
    case "local": return source.paths.absolute(path)
    case "b2", "azure", "gs", "s3", "sftp", "rclone": return "\(type):\(path)"
    case "rest":
      guard let user = backend["rest"]?["user"]?.text, !user.isEmpty, let range = path.firstIndex(of: "/")
      else {
        return "rest:\(path)"
      }
      let authority = path[range...].prefix { $0 == "/" }.endIndex
      let password = backend["rest"]?["password"]?.text.map { ":\(Self.escaped($0))" } ?? ""
      return "rest:\(path[..<authority])\(Self.escaped(user))\(password)@\(path[authority...])"
    default: throw source.problem("the backend \(name) is of an unknown type", line: backend.line)
    }
  }

  /// As part of a URL before the host.
  private static func escaped(_ text: String) -> String {
    text.utf8.reduce(into: "") { result, byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        result.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        result += "%" + (digits.count == 1 ? "0" : "") + digits
      }
    }
  }
}
