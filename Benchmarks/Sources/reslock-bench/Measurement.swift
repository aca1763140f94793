/// A row of the table: the same work by restic and by reslock.
struct Measurement {
  let work: String
  let resticSeconds: Double
  let reslockSeconds: Double
  /// The largest share of restic's time that reslock may take.
  let bar: Double

  var ratio: Double { reslockSeconds / resticSeconds }
  var isMet: Bool { ratio <= bar }
}

/// Runs both in turn, so that what else the machine does falls on both, and takes the median of each.
func measure(
  _ work: String, bar: Double, rounds: Int, restic: () throws -> Double, reslock: () throws -> Double
) throws -> Measurement {
  // One unmeasured run each, as both are measured with warm file caches.
  _ = try restic()
  _ = try reslock()
  var resticTimes: [Double] = []
  var reslockTimes: [Double] = []
  for _ in 0..<rounds {
    resticTimes.append(try restic())
    reslockTimes.append(try reslock())
  }
  return Measurement(
    work: work, resticSeconds: median(resticTimes), reslockSeconds: median(reslockTimes), bar: bar)
}

func median(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  guard !sorted.isEmpty else { return .nan }
  let middle = sorted.count / 2
  return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
}
