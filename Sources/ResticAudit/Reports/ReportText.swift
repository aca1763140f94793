package import ResticFormat
package import WallTime

/// Foreign text made harmless for each place that a report puts it in.
package enum ReportText {
  /// Control characters, line breaks and characters that reorder or hide text become `\u{…}`.
  package static func harmless(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isUnsafe) else { return text }
    return text.unicodeScalars.reduce(into: "") { result, scalar in
      if isUnsafe(scalar) {
        result += "\\u{\(String(scalar.value, radix: 16))}"
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
  }

  /// Harmless, and cut to `characterLimit` characters.
  package static func short(_ text: String, _ characterLimit: Int) -> String {
    let whole = harmless(String(text.prefix(characterLimit + 1)))
    return whole.count > characterLimit ? String(whole.prefix(max(characterLimit - 1, 0))) + "…" : whole
  }

  /// For elements and quoted attributes of HTML and SVG.
  static func html(_ text: String) -> String {
    var result = ""
    for scalar in harmless(text).unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// A cell of CSV (RFC 4180) that no spreadsheet takes for a formula.
  static func csv(_ text: String) -> String {
    var cell = harmless(text)
    if let first = cell.unicodeScalars.first(where: { $0 != " " }), "=+-@|%".unicodeScalars.contains(first),
      Double(cell) == nil
    {
      cell = "'" + cell
    }
    guard cell.utf8.contains(where: { $0 == 0x22 || $0 == 0x2c || $0 == 0x20 || $0 == 0x27 || $0 == 0x3b })
    else {
      return cell
    }
    return "\"" + cell.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
      + "\""
  }

  /// For running text of Markdown (CommonMark), where every ASCII punctuation mark may be escaped.
  static func markdown(_ text: String) -> String {
    harmless(text).unicodeScalars.reduce(into: "") { result, scalar in
      if "\\`*_{}[]<>()#|!&~$".unicodeScalars.contains(scalar) { result += "\\" }
      result.unicodeScalars.append(scalar)
    }
  }

  /// `root@web1 (PID 812)`, each part cut to what a line can bear.
  package static func holder(_ record: LockRecord) -> String {
    let user = record.username.isEmpty ? "UID \(record.uid)" : short(record.username, 32)
    let host = record.hostname.isEmpty ? "(no host)" : short(record.hostname, 40)
    return "\(user)@\(host) (PID \(record.pid))"
  }

  static func kind(_ isExclusive: Bool) -> String { isExclusive ? "exclusive" : "shared" }

  /// `2026-11-22 19:54:01`, in UTC.
  package static func time(_ time: UnixTime) -> String {
    let text = UnixTime(seconds: time.seconds).rfc3339.dropLast()
    return text.split(separator: "T").joined(separator: " ")
  }

  static func age(_ seconds: Double) -> String { AgeText.text(seconds: seconds) }

  static func count(_ count: Int, _ one: String, _ many: String) -> String {
    count == 1 ? "1 \(one)" : "\(count) \(many)"
  }

  private static func isUnsafe(_ scalar: UnicodeScalar) -> Bool {
    if scalar.isASCII { return scalar.value < 0x20 || scalar.value == 0x7f }
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator:
      return true
    default: return false
    }
  }
}
