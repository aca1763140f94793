/// Metrics in Prometheus's text exposition format.
package struct MetricsText {
  package enum Kind: String {
    case gauge
    /// For names that end as counters do and count nothing up.
    case untyped
  }

  package typealias Label = (name: String, value: String)

  private var text = ""

  package init() {}

  /// Adds a metric with all its samples, which the format wants together; nothing where there are none.
  package mutating func add(
    _ name: String, _ kind: Kind = .gauge, help: String, _ samples: [(labels: [Label], value: Double)]
  ) {
    guard !samples.isEmpty else { return }
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
    for sample in samples {
      let labels = sample.labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",")
      text += name + (labels.isEmpty ? "" : "{\(labels)}") + " \(Self.number(sample.value))\n"
    }
  }

  package var document: String { text }

  /// A label's value: the format escapes three characters, and takes any other.
  package static func escaped(_ value: String) -> String {
    value.unicodeScalars.reduce(into: "") { result, scalar in
      switch scalar {
      case "\\": result += "\\\\"
      case "\"": result += "\\\""
      case "\n": result += "\\n"
      default: result.unicodeScalars.append(scalar)
      }
    }
  }

  private static func number(_ value: Double) -> String {
    guard value.isFinite else { return "NaN" }
    let rounded = value.rounded()
    return rounded == value && abs(value) < 1e15 ? String(Int64(rounded)) : String(value)
  }
}
