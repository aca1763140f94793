internal import ResticInputs

/// A file of restic's variables, as systemd units, containers and shell scripts have them: one repository.
///
/// It is called as the file is, without `.env`; `restic.env` in a folder of its own is called as that folder.
struct EnvironmentFileSource {
  private let source: SourceReader

  init(_ source: SourceReader) { self.source = source }

  func read() throws(InputError) -> SourceContent {
    var content = SourceContent()
    var settings = source.settings(.env, name: Self.name(of: source.file.path), line: 1)
    let variables = try EnvironmentFileText.variables(source.file)
    content.holdsSecret = variables.contains {
      ConfigurationReader.isSecretName($0.name) && !$0.value.isEmpty
    }
    for variable in variables {
      switch variable.name {
      case "RESTIC_REPOSITORY": settings.location = .text(variable.value)
      case "RESTIC_REPOSITORY_FILE": settings.location = .file(variable.value)
      default:
        settings.environment.append(.init(name: variable.name, value: .given(HiddenText(variable.value))))
      }
    }
    if settings.location == .text("") {
      settings.problem = source.problem("RESTIC_REPOSITORY is not set in it", line: 1)
    }
    content.repositories = [settings]
    return content
  }

  private static func name(of path: String) -> String {
    let parts = path.split(separator: "/").map(String.init)
    var name = parts.last ?? ""
    if name.hasSuffix(".env") { name.removeLast(4) }
    let isGeneral = ["", "restic", "env", "environment"].contains(name)
    return isGeneral ? parts.dropLast().last ?? name : name
  }
}

/// Lines of `NAME=VALUE`.
package enum EnvironmentFileText {
  package struct Variable: Sendable, Equatable {
    package let name: String
    package let value: String
  }

  /// The variables in their order; a later one of the same name counts.
  ///
  /// - `export` before a name, blank lines, lines that begin with `#` or `;`, and comments behind a blank are passed over.
  /// - `'…'` is taken as it is; in `"…"` a backslash takes the next character as it is.
  /// - What would have to be expanded (`$NAME`, `$(…)`, `` `…` ``) is an error: programs differ in what they make of it.
  static func variables(_ file: ConfigurationFile) throws(InputError) -> [Variable] {
    do throws(DocumentError) {
      return try variables(file.bytes)
    } catch {
      throw ConfigurationKeys.error(file: file.path, line: error.line, error.problem)
    }
  }

  package static func variables(_ bytes: [UInt8]) throws(DocumentError) -> [Variable] {
    guard bytes.count <= DocumentLimits.byteCount else {
      throw DocumentError("it has more than \(DocumentLimits.byteCount) bytes", line: 0)
    }
    let text = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? bytes.dropFirst(3) : bytes[...]
    var variables: [Variable] = []
    var budget = NodeBudget()
    for (index, line) in text.split(separator: 0x0a, omittingEmptySubsequences: false).enumerated() {
      guard let string = String(validating: line, as: UTF8.self) else {
        throw DocumentError("it is not UTF-8", line: index + 1)
      }
      guard let variable = try variable(string, line: index + 1) else { continue }
      try budget.take(line: index + 1)
      variables.append(variable)
    }
    return variables
  }

  private static func variable(_ line: String, line number: Int) throws(DocumentError) -> Variable? {
    var text = line[...]
    while let last = text.last, last.isWhitespace { text.removeLast() }
    text = text.drop(while: \.isWhitespace)
    guard let first = text.first, first != "#", first != ";" else { return nil }
    if text.hasPrefix("export "), let blank = text.firstIndex(of: " ") {
      text = text[blank...].drop(while: \.isWhitespace)
    }
    guard let cut = text.firstIndex(of: "=") else {
      throw DocumentError("it is not NAME=VALUE", line: number)
    }
    let name = text[..<cut]
    guard !name.isEmpty, name.utf8.allSatisfy({ isNameByte($0) }) else {
      throw DocumentError("it does not begin with the name of a variable", line: number)
    }
    return Variable(name: String(name), value: try value(text[text.index(after: cut)...], line: number))
  }

  private static func value(_ text: Substring, line: Int) throws(DocumentError) -> String {
    var result = ""
    var quote: Character?
    var rest = text
    var previous: Character = "="
    // What was quoted is not trimmed.
    var keptCount = 0
    while let character = rest.popFirst() {
      defer { previous = character }
      switch (character, quote) {
      case ("'", nil), ("\"", nil): quote = character
      case ("'", "'"), ("\"", "\""):
        quote = nil
        keptCount = result.count
      case (_, "'"): result.append(character)
      case ("\\", _):
        guard let next = rest.popFirst() else {
          throw DocumentError("a value goes on in the next line", line: line)
        }
        result.append(next)
      case ("`", _): throw needsExpansion(line)
      case ("$", _):
        if let next = rest.first, next.isLetter || "{(_".contains(next) { throw needsExpansion(line) }
        result.append(character)
      case ("#", nil) where previous.isWhitespace: return trimmed(result, to: keptCount)
      default: result.append(character)
      }
    }
    guard quote == nil else { throw DocumentError("a quote is not closed on its line", line: line) }
    return trimmed(result, to: keptCount)
  }

  private static func trimmed(_ text: String, to keptCount: Int) -> String {
    var text = text
    while text.count > keptCount, text.last?.isWhitespace == true { text.removeLast() }
    return text
  }

  private static func needsExpansion(_ line: Int) -> DocumentError {
    DocumentError(
      "a value would have to be expanded, which reslock does not guess; write it out, or in single quotes",
      line: line)
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, UInt8(ascii: "_"): true
    default: false
    }
  }
}
