#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif
internal import ResticInputs

/// How text is set off on a terminal; the words alone always say the same.
enum Style {
  case plain, bold, dim, good, attention, bad

  fileprivate var code: String? {
    switch self {
    case .plain: nil
    case .bold: "1"
    case .dim: "2"
    case .good: "32"
    case .attention: "33"
    case .bad: "31"
    }
  }
}

/// What the standard streams are connected to, and what may be sent there.
package struct Terminal: Sendable {
  package let usesColour: Bool

  package init(usesColour: Bool) { self.usesColour = usesColour }

  /// Colour only on a terminal that understands it, and not against `NO_COLOR` (no-color.org).
  static func standard(environment: Environment) -> Terminal {
    let isForbidden = environment["NO_COLOR"] != nil
    let term = environment["TERM"] ?? ""
    return Terminal(usesColour: isatty(STDOUT_FILENO) == 1 && !isForbidden && !term.isEmpty && term != "dumb")
  }

  func styled(_ text: String, _ style: Style) -> String {
    guard usesColour, let code = style.code, !text.isEmpty else { return text }
    return "\u{1b}[\(code)m\(text)\u{1b}[0m"
  }
}
