internal import ResticInputs

/// A mapping of a configuration, read key by key; errors name file, line and key.
struct ConfigurationKeys {
  let file: String
  /// The keys above, with dots between.
  let path: String
  let members: [DocumentNode.Member]

  init(_ node: DocumentNode, file: String, path: String) throws(InputError) {
    self.file = file
    self.path = path
    if node.isNull {
      members = []
    } else if let found = node.members {
      members = found
    } else {
      throw Self.error(
        file: file, line: node.line, "\(path.isEmpty ? "it" : path) takes a mapping, not \(node.kindName)")
    }
  }

  static func error(file: String, line: Int, _ problem: String, hint: String? = nil) -> InputError {
    InputError(.usage, "\(file)\(line > 0 ? ", line \(line)" : ""): \(problem)", hint: hint)
  }

  func fullName(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

  func error(_ member: DocumentNode.Member, _ problem: String) -> InputError {
    Self.error(file: file, line: member.line, "\(fullName(member.key)) \(problem)")
  }

  subscript(key: String) -> DocumentNode.Member? { members.first { $0.key == key && !$0.value.isNull } }

  /// Throws for the first key that is none of `known`.
  func expectOnly(_ known: [String]) throws(InputError) {
    guard let stranger = members.first(where: { !known.contains($0.key) }) else { return }
    let likely = Likeness.closest(to: stranger.key, among: known)
    throw Self.error(
      file: file, line: stranger.line, "\(fullName(stranger.key)) is not known",
      hint: likely.map { "did you mean \($0)?" } ?? "known here: \(known.joined(separator: ", "))")
  }

  func text(_ key: String) throws(InputError) -> String? {
    guard let member = self[key] else { return nil }
    guard let text = member.value.text, !text.isEmpty else { throw error(member, "takes a text") }
    return text
  }

  func texts(_ key: String) throws(InputError) -> [String]? {
    guard let member = self[key] else { return nil }
    guard let texts = member.value.texts else { throw error(member, "takes a list of texts") }
    return texts
  }

  func bool(_ key: String) throws(InputError) -> Bool? {
    guard let member = self[key] else { return nil }
    guard let bool = member.value.bool else { throw error(member, "takes true or false") }
    return bool
  }

  /// Seconds of `90s`, `45m`, `2h30m`, `7d`.
  func seconds(_ key: String) throws(InputError) -> Double? {
    guard let member = self[key] else { return nil }
    guard let seconds = member.value.text.flatMap(SpanText.seconds) else {
      throw error(member, "takes a span of time such as 90s, 45m, 2h30m or 7d")
    }
    return seconds
  }

  func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ key: String, _ type: Choice.Type
  ) throws(InputError) -> Choice? {
    guard let member = self[key] else { return nil }
    if let choice = member.value.text.flatMap(Choice.init) { return choice }
    throw error(member, "takes one of \(type.allCases.map(\.rawValue).joined(separator: ", "))")
  }
}

/// Spans of time as people write them.
enum SpanText {
  private static let unitSeconds: [Character: Double] = ["d": 86_400, "h": 3600, "m": 60, "s": 1]

  /// `nil` for anything that is not a sequence of whole numbers with `d`, `h`, `m` or `s` behind each.
  static func seconds(_ text: String) -> Double? {
    var total: Double = 0
    var digits = ""
    for character in text {
      if character.isASCII, character.isNumber {
        digits.append(character)
        continue
      }
      guard let unit = unitSeconds[character], let count = Double(digits), digits.count <= 9 else {
        return nil
      }
      total += count * unit
      digits = ""
    }
    return digits.isEmpty && !text.isEmpty ? total : nil
  }
}
