/// Writes the small JSON texts (RFC 8259) that requests carry.
enum JSONText {
  enum Value {
    case text(String)
    case number(Int)
  }

  static func object(_ members: [(name: String, value: Value)]) -> [UInt8] {
    let texts = members.map { name, value in
      switch value {
      case .text(let text): "\(quoted(name)):\(quoted(text))"
      case .number(let number): "\(quoted(name)):\(number)"
      }
    }
    return Array("{\(texts.joined(separator: ","))}".utf8)
  }

  static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": quoted += "\\\(scalar)"
      case "\u{0}"..<" ":
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
