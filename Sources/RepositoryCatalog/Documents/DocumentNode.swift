/// One value of a configuration text, whatever format it was in, with the line it began on.
package struct DocumentNode: Sendable, Equatable {
  package enum Content: Sendable, Equatable {
    case null
    /// Text, a number or a truth value, as it was written.
    case scalar(String, isQuoted: Bool)
    case sequence([DocumentNode])
    case mapping([Member])
  }

  package struct Member: Sendable, Equatable {
    package let key: String
    package let line: Int
    package let value: DocumentNode
  }

  package let content: Content
  /// Counted from 1.
  package let line: Int

  package init(_ content: Content, line: Int) {
    self.content = content
    self.line = line
  }

  /// The members in their order; `nil` for what is no mapping.
  package var members: [Member]? { if case .mapping(let members) = content { members } else { nil } }
  package var elements: [DocumentNode]? { if case .sequence(let nodes) = content { nodes } else { nil } }
  package var text: String? { if case .scalar(let text, _) = content { text } else { nil } }
  package var isNull: Bool { if case .null = content { true } else { false } }

  package subscript(key: String) -> DocumentNode? { members?.first { $0.key == key }?.value }

  /// A text, or the texts of a sequence; `nil` for anything else.
  package var texts: [String]? {
    if let text { return [text] }
    guard let elements else { return nil }
    let texts = elements.compactMap(\.text)
    return texts.count == elements.count ? texts : nil
  }

  /// As YAML, TOML and JSON spell it; the older words of YAML 1.1 (`yes`, `on`) too.
  package var bool: Bool? {
    switch text {
    case "true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON": true
    case "false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF": false
    default: nil
    }
  }

  /// What kind of value this is, for errors.
  package var kindName: String {
    switch content {
    case .null: "nothing"
    case .scalar: "a text"
    case .sequence: "a list"
    case .mapping: "a mapping"
    }
  }
}
