internal import ResticInputs

/// What a source brings.
struct SourceContent {
  var repositories: [RepositorySettings] = []
  var warnings: [String] = []
  /// Whether a secret stands in the file itself.
  var holdsSecret = false
}

/// Reads another program's configuration into repositories; what only one of them needs hinders no other.
struct SourceReader {
  let file: ConfigurationFile
  let environment: Environment
  let files: ConfigurationFiles

  var paths: PathText { PathText(file: file.path, environment: environment) }

  func read(_ kind: SourceKind) throws(InputError) -> SourceContent {
    switch kind {
    case .backrest: try BackrestSource(self).read()
    case .resticprofile: try ResticprofileSource(self).read()
    case .autorestic: try AutoresticSource(self).read()
    case .env: try EnvironmentFileSource(self).read()
    }
  }

  func document(_ format: DocumentFormat) throws(InputError) -> DocumentNode {
    try document(format, file.bytes)
  }

  func document(_ format: DocumentFormat, _ bytes: [UInt8]) throws(InputError) -> DocumentNode {
    do {
      return try format.parse(bytes)
    } catch {
      throw problem(error.problem, line: error.line)
    }
  }

  func problem(_ text: String, line: Int, hint: String? = nil) -> InputError {
    ConfigurationKeys.error(file: file.path, line: line, text, hint: hint)
  }

  func settings(_ kind: SourceKind, name: String, line: Int) -> RepositorySettings {
    RepositorySettings(name: name, origin: .init(source: kind.rawValue, file: file.path, line: line))
  }

  /// Text with `$NAME` and `${NAME}` replaced; throws for a variable that is not set here, rather than guess.
  func expanded(_ text: String, line: Int) throws(InputError) -> String {
    let (result, missing) = VariableText.expand(text) { environment[$0] }
    guard let name = missing.first else { return result }
    throw problem(
      "the variable \(name) is not set here", line: line,
      hint: "set \(name) for reslock as for the program itself")
  }
}

/// `$NAME` and `${NAME}` as Go's `os.ExpandEnv` finds them.
package enum VariableText {
  /// The text, and the names that `value` did not know, which stand for nothing.
  package static func expand(_ text: String, _ value: (String) -> String?) -> (
    text: String, missing: [String]
  ) {
    var result: [UInt8] = []
    var missing: [String] = []
    let bytes = Array(text.utf8)
    var index = 0
    while index < bytes.count {
      guard bytes[index] == UInt8(ascii: "$"), let (name, next) = name(bytes, after: index) else {
        result.append(bytes[index])
        index += 1
        continue
      }
      if let value = value(name) { result += value.utf8 } else { missing.append(name) }
      index = next
    }
    return (String(decoding: result, as: UTF8.self), missing)
  }

  private static func name(_ bytes: [UInt8], after dollar: Int) -> (String, Int)? {
    let start = dollar + 1
    guard start < bytes.count else { return nil }
    if bytes[start] == UInt8(ascii: "{") {
      guard let end = bytes[start...].firstIndex(of: UInt8(ascii: "}")), end > start + 1 else { return nil }
      return (String(decoding: bytes[(start + 1)..<end], as: UTF8.self), end + 1)
    }
    let end = bytes[start...].firstIndex { !isNameByte($0) } ?? bytes.count
    guard end > start else { return nil }
    return (String(decoding: bytes[start..<end], as: UTF8.self), end)
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "_"): true
    default: false
    }
  }
}
