import Foundation
import ResticCrypto
import ResticFormat
import TestSupport
import Testing

/// A key file made by changing the text of a sound one.
struct KeyFileCase: Sendable, CustomTestStringConvertible {
  enum Expectation: Sendable, Equatable {
    case opens
    case refused(KeyFileError)
    /// The file is sound, its scrypt parameters are not.
    case parametersRefused
  }

  let name: String
  let expectation: Expectation
  let change: @Sendable (_ json: String, _ parts: Parts) -> String

  /// The values of a sound key file.
  struct Parts: Sendable {
    let salt: String
    let data: String
  }

  var testDescription: String { name }

  static let all: [KeyFileCase] = [
    KeyFileCase(name: "unchanged", expectation: .opens) { json, _ in json },
    KeyFileCase(name: "keys in other cases", expectation: .opens) { json, _ in
      json.replacingOccurrences(of: "\"kdf\"", with: "\"KDF\"").replacingOccurrences(
        of: "\"N\"", with: "\"n\""
      )
      .replacingOccurrences(of: "\"r\"", with: "\"R\"").replacingOccurrences(of: "\"salt\"", with: "\"Salt\"")
    },
    KeyFileCase(name: "a Kelvin sign in a key", expectation: .opens) { json, _ in
      json.replacingOccurrences(of: "\"kdf\"", with: "\"\u{212A}df\"")
    },
    KeyFileCase(name: "white space and unknown fields", expectation: .opens) { json, _ in
      "\n" + json.replacingOccurrences(of: "{", with: "{ \"version\": [1, {\"kdf\": 2}],\n ") + "\n"
    },
    KeyFileCase(name: "no creation time, user or host", expectation: .opens) { json, _ in
      json.replacingOccurrences(of: "\"created\"", with: "\"x\"")
        .replacingOccurrences(of: "\"username\"", with: "\"x\"")
        .replacingOccurrences(of: "\"hostname\"", with: "\"x\"")
    },
    KeyFileCase(name: "null after every number", expectation: .opens) { json, _ in
      json.dropLast() + #","N":null,"r":null,"p":null,"kdf":null,"created":null}"#
    },
    KeyFileCase(name: "duplicate numbers, the last of which is right", expectation: .opens) { json, _ in
      #"{"N":7,"kdf":"x","salt":"AA==","# + json.dropFirst()
    },
    KeyFileCase(name: "line breaks in base64", expectation: .opens) { json, parts in
      json.replacingOccurrences(
        of: parts.data, with: parts.data.prefix(7) + #"\n\r"# + parts.data.dropFirst(7) + #"\n"#)
    },
    KeyFileCase(name: "escaped slashes and letters in base64", expectation: .opens) { json, parts in
      json.replacingOccurrences(
        of: parts.data,
        with: parts.data.map {
          $0.isLetter ? #"\u00\#(String($0.asciiValue ?? 0, radix: 16))"# : $0 == "/" ? #"\/"# : "\($0)"
        }
        .joined())
    },
    KeyFileCase(name: "unused bits set before the padding", expectation: .opens) { json, parts in
      let last = parts.salt.dropLast(2).last
      let next = last == "A" ? "B" : last == "Q" ? "R" : last == "g" ? "h" : "x"
      return json.replacingOccurrences(of: parts.salt, with: "\(parts.salt.dropLast(3))\(next)==")
    },
    KeyFileCase(name: "a salt as an array of numbers", expectation: .opens) { json, parts in
      let numbers = (Data(base64Encoded: parts.salt) ?? Data()).map { "\($0)" }.joined(separator: ", ")
      return json.replacingOccurrences(of: "\"\(parts.salt)\"", with: "[\(numbers)]")
    },
    KeyFileCase(name: "another salt", expectation: .refused(.wrongPassword)) { json, parts in
      json.replacingOccurrences(of: parts.salt, with: Data(repeating: 1, count: 64).base64EncodedString())
    },
    KeyFileCase(name: "a changed byte of the master key", expectation: .refused(.wrongPassword)) {
      json, parts in
      var data = Data(base64Encoded: parts.data) ?? Data()
      data[40] ^= 1
      return json.replacingOccurrences(of: parts.data, with: data.base64EncodedString())
    },
    KeyFileCase(name: "a nonce of zeros", expectation: .refused(.zeroNonce)) { json, parts in
      var data = Data(base64Encoded: parts.data) ?? Data()
      data.replaceSubrange(0..<16, with: Data(count: 16))
      return json.replacingOccurrences(of: parts.data, with: data.base64EncodedString())
    },
    KeyFileCase(name: "no master key", expectation: .refused(.dataTooShort(byteCount: 0))) { json, _ in
      json.replacingOccurrences(of: "\"data\"", with: "\"x\"")
    },
    KeyFileCase(name: "a master key taken back by null", expectation: .refused(.dataTooShort(byteCount: 0))) {
      json, _ in json.dropLast() + #","data":null}"#
    },
    KeyFileCase(name: "a master key of 31 bytes", expectation: .refused(.dataTooShort(byteCount: 31))) {
      json, parts in
      json.replacingOccurrences(of: parts.data, with: Data(repeating: 1, count: 31).base64EncodedString())
    },
    KeyFileCase(name: "a salt of 63 bytes", expectation: .refused(.saltLength(byteCount: 63))) {
      json, parts in
      json.replacingOccurrences(of: parts.salt, with: Data(repeating: 1, count: 63).base64EncodedString())
    },
    KeyFileCase(name: "no salt", expectation: .refused(.saltLength(byteCount: 0))) { json, _ in
      json.replacingOccurrences(of: "\"salt\"", with: "\"x\"")
    },
    KeyFileCase(
      name: "a salt without its padding", expectation: .refused(.notJSON(.invalidBase64(field: "salt")))
    ) {
      json, parts in json.replacingOccurrences(of: parts.salt, with: parts.salt.dropLast())
    },
    KeyFileCase(
      name: "text after the padding", expectation: .refused(.notJSON(.invalidBase64(field: "salt")))
    ) { json, parts in json.replacingOccurrences(of: parts.salt, with: parts.salt + "AAAA") },
    KeyFileCase(
      name: "padding only", expectation: .refused(.notJSON(.invalidBase64(field: "salt")))
    ) { json, parts in json.replacingOccurrences(of: parts.salt, with: "====") },
    KeyFileCase(
      name: "a space in base64", expectation: .refused(.notJSON(.invalidBase64(field: "data")))
    ) { json, parts in
      json.replacingOccurrences(of: parts.data, with: parts.data.prefix(4) + " " + parts.data.dropFirst(4))
    },
    KeyFileCase(
      name: "the URL alphabet of base64", expectation: .refused(.notJSON(.invalidBase64(field: "data")))
    ) { json, parts in json.replacingOccurrences(of: parts.data, with: "--__" + parts.data.dropFirst(4)) },
    KeyFileCase(
      name: "256 in an array of bytes",
      expectation: .refused(.notJSON(.numberOutOfRange(field: "salt", expected: .bytes)))
    ) { json, parts in json.replacingOccurrences(of: "\"\(parts.salt)\"", with: "[256]") },
    KeyFileCase(
      name: "a number for the salt",
      expectation: .refused(.notJSON(.wrongType(field: "salt", expected: .bytes)))
    ) { json, parts in json.replacingOccurrences(of: "\"\(parts.salt)\"", with: "7") },
    KeyFileCase(name: "no key derivation function", expectation: .refused(.unknownKDF)) { json, _ in
      json.replacingOccurrences(of: "\"kdf\"", with: "\"x\"")
    },
    KeyFileCase(name: "another key derivation function", expectation: .refused(.unknownKDF)) { json, _ in
      json.replacingOccurrences(of: "scrypt", with: "argon2")
    },
    KeyFileCase(name: "SCRYPT in upper case", expectation: .refused(.unknownKDF)) { json, _ in
      json.replacingOccurrences(of: "\"scrypt\"", with: "\"SCRYPT\"")
    },
    KeyFileCase(name: "null", expectation: .refused(.unknownKDF)) { _, _ in "null" },
    KeyFileCase(name: "an empty object", expectation: .refused(.unknownKDF)) { _, _ in "{}" },
    KeyFileCase(name: "an array", expectation: .refused(.notJSON(.notAnObject))) { _, _ in "[]" },
    KeyFileCase(name: "an empty file", expectation: .refused(.empty)) { _, _ in "" },
    KeyFileCase(name: "text after it", expectation: .refused(.notJSON(.trailingText(offset: 3)))) { _, _ in
      "{} x"
    },
    KeyFileCase(
      name: "a creation time that is none", expectation: .refused(.notJSON(.invalidTime(field: "created")))
    ) { json, _ in json.replacingOccurrences(of: "2026-11-22T19:00:00Z", with: "yesterday") },
    KeyFileCase(
      name: "a string for N",
      expectation: .refused(.notJSON(.wrongType(field: "N", expected: .int64)))
    ) { json, _ in json.replacingOccurrences(of: "1024", with: "\"1024\"") },
    KeyFileCase(
      name: "a fraction for N",
      expectation: .refused(.notJSON(.numberOutOfRange(field: "N", expected: .int64)))
    ) { json, _ in json.replacingOccurrences(of: "1024", with: "1024.0") },
    KeyFileCase(name: "N is no power of two", expectation: .parametersRefused) { json, _ in
      json.replacingOccurrences(of: "1024", with: "1000")
    },
    KeyFileCase(name: "N is negative", expectation: .parametersRefused) { json, _ in
      json.replacingOccurrences(of: "1024", with: "-1024")
    },
    KeyFileCase(name: "no N", expectation: .parametersRefused) { json, _ in
      json.replacingOccurrences(of: "\"N\"", with: "\"x\"")
    },
    KeyFileCase(name: "N is 2^62", expectation: .parametersRefused) { json, _ in
      json.replacingOccurrences(of: "1024", with: "4611686018427387904")
    },
    KeyFileCase(name: "p is 0", expectation: .parametersRefused) { json, _ in
      json.replacingOccurrences(of: "\"p\":1", with: "\"p\":0")
    },
    KeyFileCase(name: "p is too large", expectation: .parametersRefused) { json, _ in
      json.replacingOccurrences(of: "\"p\":1", with: "\"p\":134217728")
    },
  ]

  /// The bytes of the changed file.
  func bytes(from file: [UInt8]) throws -> [UInt8] {
    let json = String(decoding: file, as: UTF8.self)
    let object = try #require(try JSONSerialization.jsonObject(with: Data(file)) as? [String: Any])
    let parts = Parts(
      salt: try #require(object["salt"] as? String), data: try #require(object["data"] as? String))
    return Array(change(json, parts).utf8)
  }
}
