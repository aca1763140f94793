package import Foundation

/// Prometheus's own reader of metrics, in the checkout's `.peers` folder, which `make test-deps` fills.
package enum Promtool {
  package static let url = TestEnvironment.checkout.appendingPathComponent(".peers/promtool")

  /// What `promtool check metrics` says: exit 1 for what is no metrics, 3 for what is bad style.
  package static func check(_ metrics: String) async throws -> ProcessResult {
    guard FileManager.default.isExecutableFile(atPath: url.path) else {
      throw ChildProcessError(description: "no promtool in .peers: run make test-deps")
    }
    return try await ChildProcess.run(
      url.path, ["check", "metrics"], standardInput: Data(metrics.utf8))
  }
}

/// One sample of metrics, read independently of what wrote it.
package struct MetricSample: Sendable, Hashable {
  package let name: String
  package let labels: [String: String]
  package let value: Double

  package init(name: String, labels: [String: String], value: Double) {
    (self.name, self.labels, self.value) = (name, labels, value)
  }

  /// The samples of a text in the exposition format; throws what is none.
  package static func parse(_ text: String) throws -> [MetricSample] {
    try text.split(separator: "\n", omittingEmptySubsequences: true).filter { !$0.hasPrefix("#") }.map(sample)
  }

  private static func sample(_ line: Substring) throws -> MetricSample {
    func bad() -> ChildProcessError { ChildProcessError(description: "not a sample: \(line)") }
    guard let end = line.lastIndex(of: " "), let value = Double(line[line.index(after: end)...]) else {
      throw bad()
    }
    let head = line[..<end]
    guard let brace = head.firstIndex(of: "{") else {
      return MetricSample(name: String(head), labels: [:], value: value)
    }
    guard head.last == "}" else { throw bad() }
    var labels: [String: String] = [:]
    var rest = head[head.index(after: brace)...].dropLast()
    while !rest.isEmpty {
      guard let equals = rest.firstIndex(of: "=") else { throw bad() }
      let name = String(rest[..<equals])
      rest = rest[rest.index(after: equals)...]
      guard rest.first == "\"" else { throw bad() }
      rest = rest.dropFirst()
      var text = String.UnicodeScalarView()
      var scalars = Substring(rest).unicodeScalars
      var isClosed = false
      while let scalar = scalars.popFirst() {
        if scalar == "\"" {
          isClosed = true
          break
        }
        if scalar == "\\" {
          guard let escaped = scalars.popFirst() else { throw bad() }
          text.append(escaped == "n" ? "\n" : escaped)
        } else {
          text.append(scalar)
        }
      }
      guard isClosed else { throw bad() }
      labels[name] = String(text)
      rest = Substring(scalars)
      if rest.first == "," { rest = rest.dropFirst() }
    }
    return MetricSample(name: String(head[..<brace]), labels: labels, value: value)
  }
}
