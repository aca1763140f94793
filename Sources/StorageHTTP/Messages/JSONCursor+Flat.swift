extension JSONCursor {
  /// The members of one object that are texts or whole numbers, as texts; `nil` where the bytes are no object.
  static func members(of bytes: [UInt8]) -> [String: String]? {
    var cursor = JSONCursor(bytes)
    return cursor.members()
  }

  /// The members of the object here that are texts or whole numbers, as texts; the rest is passed over.
  mutating func members() -> [String: String]? {
    var members: [String: String] = [:]
    let isObject = object { (name: String, cursor: inout JSONCursor) in
      if cursor.isAtString {
        members[name] = cursor.string()
        return
      }
      var number = cursor
      if let value = number.integer() { members[name] = String(value) }
      _ = cursor.skip()
    }
    return isObject ? members : nil
  }
}

/// JSON that we write.
enum JSONWriter {
  /// A string with its quotes.
  static func string(_ text: String) -> String {
    var escaped = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": escaped += "\\\""
      case "\\": escaped += "\\\\"
      case "\u{0}"..<" ":
        let digits = String(scalar.value, radix: 16)
        escaped += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped + "\""
  }

  /// An object of members whose values are JSON already.
  static func object(_ members: [(String, String)]) -> String {
    "{" + members.map { "\(string($0.0)):\($0.1)" }.joined(separator: ",") + "}"
  }
}
