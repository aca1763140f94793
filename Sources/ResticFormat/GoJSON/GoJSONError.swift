/// Why Go's `encoding/json` would refuse a text for the value it is read into.
///
/// Never holds a byte of the text: it may be hostile, and may be a secret.
package enum GoJSONError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Ends before its value does; an empty text too.
  case unexpectedEnd
  /// Not JSON at this byte, counted from 0.
  case invalidByte(offset: Int)
  /// Something other than white space follows the value.
  case trailingText(offset: Int)
  /// More than 10,000 objects and arrays within each other.
  case tooDeep(offset: Int)
  /// The value is neither an object nor `null`.
  case notAnObject
  case wrongType(field: String, expected: Expected)
  /// A number that is not a whole one in the field's range.
  case numberOutOfRange(field: String, expected: Expected)
  case invalidBase64(field: String)
  case invalidTime(field: String)

  package enum Expected: String, Hashable, Sendable {
    case boolean = "true or false"
    case string = "a string"
    case bytes = "a base64 string"
    case object = "an object"
    case array = "an array"
    case int64 = "a whole number from -2^63 to 2^63-1"
    case uint32 = "a whole number from 0 to 2^32-1"
    case uint64 = "a whole number from 0 to 2^64-1"
  }

  package var description: String {
    switch self {
    case .unexpectedEnd: "the JSON text ends too early"
    case .invalidByte(let offset): "not JSON at byte \(offset)"
    case .trailingText(let offset): "text follows the JSON value at byte \(offset)"
    case .tooDeep(let offset): "the JSON text is nested more than 10,000 deep at byte \(offset)"
    case .notAnObject: "the JSON value is not an object"
    case .wrongType(let field, let expected): "\"\(field)\" is not \(expected.rawValue)"
    case .numberOutOfRange(let field, let expected): "\"\(field)\" is not \(expected.rawValue)"
    case .invalidBase64(let field): "\"\(field)\" is not valid base64"
    case .invalidTime(let field):
      "\"\(field)\" is not a time of the form 2006-01-02T15:04:05.999999999+07:00"
    }
  }
}
