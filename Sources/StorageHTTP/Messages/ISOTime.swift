internal import WallTime

/// Times as services' listings have them: `2026-11-22T19:54:01.000Z`.
enum ISOTime {
  static func parse(_ text: String) -> UnixTime? {
    let bytes = Array(text.utf8)
    guard bytes.count >= 20, bytes.count <= 32, bytes.last == UInt8(ascii: "Z") else { return nil }
    func number(_ range: Range<Int>, _ allowed: ClosedRange<Int64>) -> Int64? {
      HTTPDate.number(Substring(decoding: bytes[range], as: UTF8.self), allowed)
    }
    guard let year = number(0..<4, 1970...9999), let month = number(5..<7, 1...12),
      let day = number(8..<10, 1...31), let hour = number(11..<13, 0...23),
      let minute = number(14..<16, 0...59),
      let second = number(17..<19, 0...60)
    else { return nil }
    var nanoseconds: Int32 = 0
    var unit: Int32 = 100_000_000
    for byte in bytes[19...].dropFirst() {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte), unit > 0 else { break }
      nanoseconds += Int32(byte - UInt8(ascii: "0")) * unit
      unit /= 10
    }
    return UnixTime(
      seconds: HTTPDate.daysSinceEpoch(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second,
      nanoseconds: nanoseconds)
  }
}
