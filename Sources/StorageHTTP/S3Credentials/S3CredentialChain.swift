internal import ResticStorage

/// Where restic looks for S3 credentials on this machine, in its order; the first that has any wins.
struct S3CredentialChain {
  enum Finding: Sendable {
    case credentials(S3Credentials)
    /// A profile names a program that prints them, in JSON.
    case program([String])
  }

  let environment: StorageEnvironment

  /// `nil` where neither variables nor files have credentials.
  func find() throws(TransportError) -> Finding? {
    if let own = fromVariables() { return .credentials(own) }
    if let shared = try fromSharedFile() { return shared }
    return fromMinIOClient().map { .credentials($0) }
  }

  private func fromVariables() -> S3Credentials? {
    func first(_ names: String...) -> String? { names.lazy.compactMap(environment.variable).first }
    if let id = first("AWS_ACCESS_KEY_ID", "AWS_ACCESS_KEY"),
      let secret = first("AWS_SECRET_ACCESS_KEY", "AWS_SECRET_KEY")
    {
      return S3Credentials(keyID: id, secret: secret, sessionToken: environment.variable("AWS_SESSION_TOKEN"))
    }
    if let id = first("MINIO_ROOT_USER"), let secret = first("MINIO_ROOT_PASSWORD") {
      return S3Credentials(keyID: id, secret: secret)
    }
    if let id = first("MINIO_ACCESS_KEY"), let secret = first("MINIO_SECRET_KEY") {
      return S3Credentials(keyID: id, secret: secret)
    }
    return nil
  }

  private func fromSharedFile() throws(TransportError) -> Finding? {
    let home = environment.variable("HOME").map { "\($0)/.aws/credentials" }
    guard let path = environment.variable("AWS_SHARED_CREDENTIALS_FILE") ?? home,
      let content = environment.file(path)
    else { return nil }
    let profile = environment.variable("AWS_PROFILE") ?? "default"
    let values = Self.section(profile, of: String(decoding: content, as: UTF8.self))
    if let command = values["credential_process"], !command.isEmpty {
      // As restic does: parted at white space, without a shell.
      let arguments = command.split(whereSeparator: \.isWhitespace).map(String.init)
      guard !arguments.isEmpty else {
        throw TransportError(
          "the credential_process of the profile \(profile) in \(path) is empty", hint: "name a program there"
        )
      }
      return .program(arguments)
    }
    if let id = values["aws_access_key_id"], let secret = values["aws_secret_access_key"], !id.isEmpty {
      return .credentials(
        S3Credentials(keyID: id, secret: secret, sessionToken: values["aws_session_token"]))
    }
    return nil
  }

  private func fromMinIOClient() -> S3Credentials? {
    guard let home = environment.variable("HOME"), let content = environment.file("\(home)/.mc/config.json")
    else {
      return nil
    }
    let wanted = environment.variable("MINIO_ALIAS") ?? "s3"
    var found: S3Credentials?
    var cursor = JSONCursor(content)
    _ = cursor.object { (key: String, cursor: inout JSONCursor) in
      guard key == "aliases" || key == "hosts" else {
        _ = cursor.skip()
        return
      }
      _ = cursor.object { (alias: String, cursor: inout JSONCursor) in
        guard alias == wanted else {
          _ = cursor.skip()
          return
        }
        var values: [String: String] = [:]
        _ = cursor.object { (name: String, cursor: inout JSONCursor) in
          if cursor.isAtString { values[name] = cursor.string() } else { _ = cursor.skip() }
        }
        if let id = values["accessKey"], let secret = values["secretKey"], !id.isEmpty {
          found = S3Credentials(keyID: id, secret: secret, sessionToken: values["sessionToken"])
        }
      }
    }
    return found
  }

  /// The values of one section of an INI file, by their lower-case names.
  static func section(_ wanted: String, of text: String) -> [String: String] {
    var values: [String: String] = [:]
    var isInside = false
    for line in text.split(whereSeparator: \.isNewline) {
      let line = WhiteSpace.trimmed(String(line))
      if line.isEmpty || line.hasPrefix("#") || line.hasPrefix(";") { continue }
      if line.hasPrefix("["), line.hasSuffix("]") {
        isInside = WhiteSpace.trimmed(String(line.dropFirst().dropLast())) == wanted
        continue
      }
      guard isInside, let equals = line.firstIndex(of: "=") else { continue }
      let name = WhiteSpace.trimmed(String(line[..<equals])).lowercased()
      values[name] = WhiteSpace.trimmed(String(line[line.index(after: equals)...]))
    }
    return values
  }
}
