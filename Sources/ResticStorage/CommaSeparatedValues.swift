/// One line of comma-separated values as Go's `encoding/csv` reads it, by which restic splits `-o` (RFC 4180).
///
/// Fields may be quoted with `"`, inside which `""` is one quote; a quote in an unquoted field, or text
/// after a closing one, is an error. Only the first line that is not empty counts; an empty text has no fields.
enum CommaSeparatedValues {
  static func fields(ofFirstLineOf text: String) throws(ExtendedOptionError) -> [String] {
    let quote = UInt8(ascii: "\"")
    let lines = text.utf8.drop { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
    guard !lines.isEmpty else { return [] }
    var fields: [String] = []
    var rest = lines
    while true {
      var field: [UInt8] = []
      if rest.first == quote {
        rest = rest.dropFirst()
        while true {
          guard let end = rest.firstIndex(of: quote) else { throw ExtendedOptionError(.quoting, key: "") }
          field += rest[..<end]
          rest = rest[rest.index(after: end)...]
          guard rest.first == quote else { break }
          field.append(quote)
          rest = rest.dropFirst()
        }
      } else {
        field = Array(rest.prefix { $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "\n") })
        rest = rest.dropFirst(field.count)
        guard !field.contains(quote) else { throw ExtendedOptionError(.quoting, key: "") }
        if rest.first != UInt8(ascii: ","), field.last == UInt8(ascii: "\r") { field.removeLast() }
      }
      fields.append(String(decoding: field, as: UTF8.self))
      switch rest.first {
      case UInt8(ascii: ","): rest = rest.dropFirst()
      case nil, UInt8(ascii: "\n"), UInt8(ascii: "\r"): return fields
      default: throw ExtendedOptionError(.quoting, key: "")
      }
    }
  }
}
