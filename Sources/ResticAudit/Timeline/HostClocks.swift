internal import ResticFormat
internal import WallTime

/// How far each host's clock is from the storage's, as far as file times tell.
package struct HostClocks: Sendable {
  package struct Skew: Sendable {
    /// The storage's time minus the host's.
    package let seconds: Double
    package let spreadSeconds: Double
    package let sampleCount: Int
    package let lockNames: [String]
  }

  /// Differences below this are the time that a write takes.
  static let toleranceSeconds: Double = 120
  /// A file written long after the time in it was copied or touched rather than skewed.
  private static let highestSeconds: Double = 26 * 3600

  package private(set) var skews: [String: Skew] = [:]
  /// Files were copied without their times, so that these say nothing.
  package let fileTimesLookCopied: Bool

  init(_ locks: [AuditedLock]) {
    let samples = locks.compactMap {
      lock -> (host: String, time: UnixTime, modified: UnixTime, name: String)? in
      guard let record = lock.record, let modified = lock.modified, lock.defect == nil else { return nil }
      return (record.hostname, record.time.instant, modified, lock.name)
    }
    fileTimesLookCopied = Self.lookCopied(samples.map(\.time), samples.map(\.modified))
    guard !fileTimesLookCopied else { return }
    for (host, group) in Dictionary(grouping: samples, by: \.host) {
      let differences = group.map { $0.modified.secondsSince($0.time) }.sorted()
      let middle = differences[differences.count / 2]
      guard let least = differences.first, let most = differences.last,
        abs(middle) <= Self.highestSeconds, most - least <= Self.toleranceSeconds
      else { continue }
      skews[host] = Skew(
        seconds: middle, spreadSeconds: most - least, sampleCount: group.count,
        lockNames: group.map(\.name).sorted())
    }
  }

  private static func lookCopied(_ times: [UnixTime], _ modified: [UnixTime]) -> Bool {
    guard let first = times.min(), let last = times.max(), let firstFile = modified.min(),
      let lastFile = modified.max()
    else { return false }
    let spread = last.secondsSince(first)
    return spread > 3600 && lastFile.secondsSince(firstFile) < spread / 10
  }

  /// A host's time on the storage's clock.
  func corrected(_ time: UnixTime, host: String) -> UnixTime {
    guard let skew = skews[host], abs(skew.seconds) > Self.toleranceSeconds else { return time }
    return time.adding(seconds: skew.seconds)
  }
}
