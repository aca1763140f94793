/// JSON that we write (RFC 8259).
indirect enum JSONText {
  case text(String)
  case number(Int64)
  case array([JSONText])
  case object([(String, JSONText)])

  var bytes: [UInt8] { Array(encoded.utf8) }

  var encoded: String {
    switch self {
    case .text(let text): Self.quoted(text)
    case .number(let number): String(number)
    case .array(let values): "[\(values.map(\.encoded).joined(separator: ","))]"
    case .object(let members):
      "{\(members.map { "\(Self.quoted($0)):\($1.encoded)" }.joined(separator: ","))}"
    }
  }

  private static func quoted(_ text: String) -> String {
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
