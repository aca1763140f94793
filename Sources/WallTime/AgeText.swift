/// A span of time as people say it: the two largest units, `3d 1h`, `12m 5s`, `45s`.
package enum AgeText {
  /// Text for `seconds`; negative spans get a minus sign, spans that are not finite are `unknown`.
  package static func text(seconds: Double) -> String {
    guard seconds.isFinite else { return "unknown" }
    let total = Int64(min(abs(seconds), 1e15))
    let sign = seconds <= -1 ? "-" : ""
    let units: [(length: Int64, name: String)] = [(86_400, "d"), (3600, "h"), (60, "m"), (1, "s")]
    guard let first = units.firstIndex(where: { total >= $0.length }) else { return "0s" }
    let unit = units[first]
    var text = "\(sign)\(total / unit.length)\(unit.name)"
    if first + 1 < units.count {
      let next = units[first + 1]
      let rest = total % unit.length / next.length
      if rest > 0 { text += " \(rest)\(next.name)" }
    }
    return text
  }
}
