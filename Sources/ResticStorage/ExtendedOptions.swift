/// The options of `-o namespace.key=value` (restic manual, "Extended options").
package struct ExtendedOptions: Hashable, Sendable {
  /// By lower-cased `namespace.key`.
  package let values: [String: String]

  package static let none = ExtendedOptions(values: [:])

  private init(values: [String: String]) { self.values = values }

  /// Reads the arguments of all `-o` flags.
  ///
  /// - An argument is a line of comma-separated values with restic's quoting: `-o a.b=1,a.c=2` gives two options.
  /// - Keys are lower-cased; white space around keys and values is cut off; a missing value is an empty one.
  /// - The same key twice with the same value is no error.
  package init(arguments: [String]) throws(ExtendedOptionError) {
    var values: [String: String] = [:]
    for argument in arguments {
      for field in try CommaSeparatedValues.fields(ofFirstLineOf: argument) {
        let (keyText, valueText) = field.cut(at: "=")
        let key = WhiteSpace.trimmed(String(keyText)).lowercased()
        let value = WhiteSpace.trimmed(String(valueText ?? ""))
        guard !key.isEmpty else { throw ExtendedOptionError(.emptyKey, key: "") }
        if let earlier = values[key], earlier != value {
          throw ExtendedOptionError(.contradiction, key: key)
        }
        values[key] = value
      }
    }
    self.init(values: values)
  }

  /// The options of one backend by their key without the namespace, each known to restic and with a value of its
  /// type.
  ///
  /// Options of other namespaces are left alone, whatever they are.
  package func values(
    for backend: RepositoryLocation.Backend
  ) throws(ExtendedOptionError) -> [String: String] {
    let prefix = backend.rawValue + "."
    var own: [String: String] = [:]
    // In the order of the keys, so that of several errors always the same is told.
    for (key, value) in values.sorted(by: { $0.key < $1.key }) where key.begins(with: prefix) {
      let name = String(key.dropFirstByte(prefix.utf8.count))
      guard let type = backend.optionTypes[name] else { throw ExtendedOptionError(.unknown, key: key) }
      guard type.accepts(value) else { throw ExtendedOptionError(.badValue(type), key: key) }
      own[name] = value
    }
    return own
  }
}

/// Why an extended option can't be used.
///
/// The value is never quoted: it may hold a command with a secret.
package struct ExtendedOptionError: Error, Equatable, Sendable, CustomStringConvertible {
  package enum Kind: Hashable, Sendable {
    case emptyKey, contradiction, unknown, quoting
    case badValue(ExtendedOptionType)
  }
  package let kind: Kind
  package let key: String

  package init(_ kind: Kind, key: String) {
    self.kind = kind
    self.key = key
  }

  package var description: String {
    switch kind {
    case .emptyKey: "an extended option (-o) has no name; write -o namespace.key=value"
    case .contradiction: "the extended option \(key) is given twice with different values; keep one"
    case .unknown:
      "the extended option \(key) is not known; `restic options` lists those that are"
    case .quoting:
      "an extended option (-o) has a stray double quote; options are comma-separated values, "
        + "so quote the whole option and double the quotes in it"
    case .badValue(let type): "the value of the extended option \(key) is not \(type.meaning)"
    }
  }
}
