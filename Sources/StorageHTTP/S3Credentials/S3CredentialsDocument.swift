internal import WallTime

/// Credentials as metadata services and `credential_process` programs write them, in JSON.
enum S3CredentialsDocument {
  /// `nil` for what holds no key and secret.
  static func parse(_ text: [UInt8]) -> S3Credentials? {
    var values: [String: String] = [:]
    var cursor = JSONCursor(text)
    let isObject = cursor.object { (name: String, cursor: inout JSONCursor) in
      if cursor.isAtString { values[name] = cursor.string() } else { _ = cursor.skip() }
    }
    guard isObject, cursor.isAtEnd() else { return nil }
    return credentials(
      keyID: values["AccessKeyId"], secret: values["SecretAccessKey"],
      token: values["Token"] ?? values["SessionToken"], expiration: values["Expiration"])
  }

  /// The answer of AWS's Security Token Service to an action such as `AssumeRole`.
  static func parse(_ xml: [UInt8], ofAction action: String) -> S3Credentials? {
    var values: [String: String] = [:]
    let parent = ["\(action)Response", "\(action)Result", "Credentials"]
    let isXML = XMLReader.forEach(xml) { path, text in
      if path.count == 4, Array(path.dropLast()) == parent, let name = path.last { values[name] = text }
    }
    guard isXML else { return nil }
    return credentials(
      keyID: values["AccessKeyId"], secret: values["SecretAccessKey"], token: values["SessionToken"],
      expiration: values["Expiration"])
  }

  private static func credentials(
    keyID: String?, secret: String?, token: String?, expiration: String?
  ) -> S3Credentials? {
    guard let keyID, let secret, !keyID.isEmpty, !secret.isEmpty else { return nil }
    // They become header fields, where a line feed would begin another one.
    for text in [keyID, token ?? ""] where !text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) {
      return nil
    }
    return S3Credentials(
      keyID: keyID, secret: secret, sessionToken: token.flatMap { $0.isEmpty ? nil : $0 },
      expires: expiration.flatMap(ISOTime.parse))
  }
}
