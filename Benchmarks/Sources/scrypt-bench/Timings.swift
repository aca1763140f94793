/// How long something took, measured several times.
struct Timings {
  private var all: [Duration] = []

  /// The median.
  var median: Duration {
    let sorted = all.sorted()
    guard !sorted.isEmpty else { return .zero }
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }

  var medianMilliseconds: Double { (median / .milliseconds(1)).rounded(toPlaces: 1) }

  mutating func measure<Value>(_ work: () throws -> Value) rethrows -> Value {
    let start = ContinuousClock.now
    defer { all.append(start.duration(to: .now)) }
    return try work()
  }

  mutating func measure<Value: Sendable>(_ work: @Sendable () async throws -> Value) async rethrows -> Value {
    let start = ContinuousClock.now
    defer { all.append(start.duration(to: .now)) }
    return try await work()
  }
}

extension Double {
  func rounded(toPlaces places: Int) -> Double {
    var scale = 1.0
    for _ in 0..<places { scale *= 10 }
    return (self * scale).rounded() / scale
  }
}
