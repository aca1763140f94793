internal import ArgumentParser

/// A span of time as people type it: `90s`, `45m`, `2h30m`, `7d`; a number without a unit is refused.
struct DurationArgument: ExpressibleByArgument, Sendable, Equatable {
  let seconds: Double

  init(seconds: Double) { self.seconds = seconds }

  /// `nil` for anything that is not a sequence of whole numbers with `d`, `h`, `m` or `s` behind each.
  init?(argument: String) {
    var total: Double = 0
    var digits = ""
    for character in argument {
      if character.isASCII, character.isNumber {
        digits.append(character)
        continue
      }
      guard let unit = Self.unitSeconds[character], let count = Double(digits), digits.count <= 9 else {
        return nil
      }
      total += count * unit
      digits = ""
    }
    guard digits.isEmpty, !argument.isEmpty else { return nil }
    seconds = total
  }

  /// As it may be typed, for `--help`.
  var defaultValueDescription: String {
    let units = Self.unitSeconds.sorted { $0.value > $1.value }
    var (text, rest) = ("", seconds)
    for (unit, length) in units where rest >= length {
      text += "\(Int((rest / length).rounded(.down)))\(unit)"
      rest = rest.truncatingRemainder(dividingBy: length)
    }
    return text.isEmpty ? "0s" : text
  }

  private static let unitSeconds: [Character: Double] = ["d": 86_400, "h": 3600, "m": 60, "s": 1]
}
