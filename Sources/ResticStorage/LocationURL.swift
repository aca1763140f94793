/// The parts of a URL that locations use, read as Go's `net/url` reads them.
///
/// - The user part reaches to the last `@` of the authority; the scheme is lower-cased.
/// - Control characters, malformed percent escapes, a port that is no number and characters that a host or user
///   part can't have are refused.
struct LocationURL {
  struct Defect: Error { let message: String }

  let scheme: String
  let credentials: URLCredentials?
  /// Without brackets and port.
  let host: String
  let port: UInt16?
  /// As given, without user part: `[::1]:8000`.
  let hostAndPort: String
  /// As given.
  let encodedPath: String
  /// Percent escapes resolved.
  let path: String
  let hasQueryOrFragment: Bool

  init(parsing text: Substring) throws(Defect) {
    guard !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) else {
      throw Defect(message: "the URL has a control character")
    }
    let (scheme, afterScheme) = text.cut(at: ":")
    guard let afterScheme, Self.isScheme(scheme) else { throw Defect(message: "the URL has no scheme") }
    self.scheme = scheme.lowercased()

    let hierarchy = afterScheme.upTo(anyOf: "#?")
    hasQueryOrFragment = hierarchy.endIndex != afterScheme.endIndex
    let authority: Substring
    if hierarchy.begins(with: "//") {
      authority = hierarchy.dropFirstByte(2).upTo(anyOf: "/")
      encodedPath = String(hierarchy[authority.endIndex...])
    } else {
      authority = ""
      // Without a slash Go calls the rest opaque, and the path stays empty.
      encodedPath = hierarchy.begins(with: "/") ? String(hierarchy) : ""
    }
    guard let path = Self.percentDecoded(encodedPath) else {
      throw Defect(message: "the URL has a malformed percent escape")
    }
    self.path = path

    let (userText, hostText) = authority.cut(atLast: "@")
    credentials = if let userText { try Self.credentials(userText) } else { nil }
    hostAndPort = String(hostText)
    (host, port) = try Self.hostAndPort(hostText)
  }

  private static func isScheme(_ text: Substring) -> Bool {
    guard let first = text.utf8.first, first.isASCIILetter else { return false }
    return text.utf8.allSatisfy { $0.isASCIILetterOrDigit || "+-.".utf8.contains($0) }
  }

  private static func credentials(_ text: Substring) throws(Defect) -> URLCredentials {
    guard text.utf8.allSatisfy({ $0.isASCIILetterOrDigit || "-._:~!$&'()*+,;=%@".utf8.contains($0) }) else {
      throw Defect(message: "user and password have characters that must be percent-encoded")
    }
    let (user, password) = text.cut(at: ":")
    guard let user = percentDecoded(user), let password = password.map(percentDecoded) ?? .some(nil) else {
      throw Defect(message: "user or password have a malformed percent escape")
    }
    return URLCredentials(user: user, password: password)
  }

  private static func hostAndPort(_ text: Substring) throws(Defect) -> (host: String, port: UInt16?) {
    let name: Substring
    let afterName: Substring
    if text.begins(with: "[") {
      let (address, port) = text.dropFirstByte().cut(atLast: "]")
      guard let address else { throw Defect(message: "the bracket after the host's address is missing") }
      (name, afterName) = (address, port)
    } else {
      name = text.cut(atLast: ":").before ?? text
      afterName = text[name.endIndex...]
    }
    guard
      name.utf8.allSatisfy({
        $0 >= 0x80 || $0.isASCIILetterOrDigit || "-_.~!$&'()*+,;=:[]<>\"%".utf8.contains($0)
      }), let host = percentDecoded(name)
    else { throw Defect(message: "the host has characters that no host has") }
    guard !afterName.isEmpty else { return (host, nil) }
    let digits = afterName.dropFirstByte()
    guard afterName.begins(with: ":"), digits.utf8.allSatisfy(\.isASCIIDigit) else {
      throw Defect(message: "the port is no number")
    }
    if digits.isEmpty { return (host, nil) }
    guard let port = UInt16(digits), port > 0 else { throw Defect(message: "the port is not in 1 to 65535") }
    return (host, port)
  }

  /// `nil` when a percent sign is not followed by two hexadecimal digits.
  static func percentDecoded(_ text: some StringProtocol) -> String? {
    guard text.utf8.contains(UInt8(ascii: "%")) else { return String(text) }
    var decoded: [UInt8] = []
    var rest = text.utf8.makeIterator()
    while let byte = rest.next() {
      guard byte == UInt8(ascii: "%") else {
        decoded.append(byte)
        continue
      }
      guard let high = rest.next().flatMap(hexDigit), let low = rest.next().flatMap(hexDigit) else {
        return nil
      }
      decoded.append(high << 4 | low)
    }
    return String(decoding: decoded, as: UTF8.self)
  }

  private static func hexDigit(_ byte: UInt8) -> UInt8? {
    Character(Unicode.Scalar(byte)).hexDigitValue.map(UInt8.init)
  }
}
