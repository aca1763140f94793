/// A span as Go prints it: `73h22m5.876188s`, `3.4ms`, `-2m0s`.
enum GoDuration {
  /// Seconds; `nil` for anything that is no such span as a whole.
  static func seconds(_ text: ArraySlice<UInt8>) -> Double? {
    var rest = text
    let isNegative = rest.take(UInt8(ascii: "-"))
    var total = 0.0
    guard !rest.isEmpty, rest.count <= 40 else { return nil }
    while !rest.isEmpty {
      guard let whole = rest.takeNumber(1...10) else { return nil }
      var value = Double(whole)
      if rest.take(UInt8(ascii: ".")) {
        var scale = 0.1
        guard let first = rest.first, isDecimal(first) else { return nil }
        while let digit = rest.first, isDecimal(digit) {
          value += Double(digit - UInt8(ascii: "0")) * scale
          scale /= 10
          rest = rest.dropFirst()
        }
      }
      guard let unit = takeUnit(&rest) else { return nil }
      total += value * unit
    }
    return isNegative ? -total : total
  }

  private static func takeUnit(_ text: inout ArraySlice<UInt8>) -> Double? {
    if text.take("ms") { return 1e-3 }
    if text.take("ns") { return 1e-9 }
    if text.take("us") || text.take("µs") || text.take("μs") { return 1e-6 }
    if text.take("h") { return 3600 }
    if text.take("m") { return 60 }
    return text.take("s") ? 1 : nil
  }
}
