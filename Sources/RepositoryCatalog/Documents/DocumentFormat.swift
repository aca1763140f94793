internal import ResticStorage

/// The formats that configurations are written in.
package enum DocumentFormat: String, Sendable, CaseIterable {
  case yaml, toml, json

  /// By the file's name; `nil` for endings that are none of these.
  package init?(fileName: String) {
    switch fileName.split(separator: ".").last?.lowercased() {
    case "yaml", "yml": self = .yaml
    case "toml", "conf": self = .toml
    case "json": self = .json
    default: return nil
    }
  }

  /// Reads a whole text; a byte order mark before it is passed over, and nothing at all is an empty mapping.
  ///
  /// - Throws: ``DocumentError`` for what breaks the format, holds a key twice, is not UTF-8, or is too large.
  package func parse(_ bytes: [UInt8]) throws(DocumentError) -> DocumentNode {
    guard bytes.count <= DocumentLimits.byteCount else {
      throw DocumentError("it has more than \(DocumentLimits.byteCount) bytes", line: 0)
    }
    let text = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? Array(bytes.dropFirst(3)) : bytes
    if let line = Self.lineThatIsNotUTF8(text) { throw DocumentError("it is not UTF-8", line: line) }
    let node: DocumentNode
    switch self {
    case .yaml: node = try YAMLDocument.parse(text)
    case .toml: node = try TOMLDocument.parse(text)
    case .json: node = try JSONDocument.parse(text)
    }
    return node.isNull ? DocumentNode(.mapping([]), line: 1) : node
  }

  private static func lineThatIsNotUTF8(_ bytes: [UInt8]) -> Int? {
    guard String(validating: bytes, as: UTF8.self) == nil else { return nil }
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    return (lines.firstIndex { String(validating: $0, as: UTF8.self) == nil } ?? 0) + 1
  }
}
