internal import ResticFormat

/// Since when locks of one lineage were there at every look, although each refresh is a new file.
package struct LineageSighting: Hashable, Sendable {
  /// Seconds since boot at which a listing first had one.
  package var firstSeenSeconds: Double
  /// Seconds since boot at which the last listing that had a living one was asked for.
  package var lastSeenSeconds: Double
}

extension Sightings {
  /// Containers number their processes from 1 anew with every start, so that such a PID soon comes back.
  static let highestRepeatedPID: Int64 = 1000

  /// How long ago we first saw a lock of this one's lineage, which had one at every look since; `nil` for what was not
  /// opened or is not in the last listing.
  package func lineageSeenSecondsAgo(_ file: LockFile, nowSeconds: Double) -> Double? {
    guard let sighting = entries[file.sightingKey], let mark = sighting.lineageMark else { return nil }
    let seconds = nowSeconds - min(lineages[mark]?.firstSeenSeconds ?? .infinity, sighting.firstSeenSeconds)
    return seconds < 0 ? nil : seconds
  }

  /// Takes over since when the lineages of this listing's locks are known.
  ///
  /// A lineage of which the listing before had no living lock is another run under the same name, and begins anew; but
  /// for two minutes, in which a look may have fallen between the new file and the old one.
  mutating func inheritLineages(from known: Sightings, _ files: [LockFile], now: Double) {
    let earlier = known.allLineages
    guard !earlier.isEmpty else { return }
    var pids: [String: Int64] = [:]
    // A file that was there before is of the same holder, however long ago that was.
    var remaining: Set<String> = []
    for file in files {
      guard let mark = entries[file.sightingKey]?.lineageMark else { continue }
      pids[mark] = file.record?.pid
      if known.entries[file.sightingKey] != nil { remaining.insert(mark) }
    }
    let living = livingFirstSeen(at: now)
    for (mark, lineage) in earlier {
      let isRecent = now - lineage.lastSeenSeconds <= LockTimings.refreshWindowSeconds
      guard let first = living[mark] else {
        if isRecent { lineages[mark] = lineage }
        continue
      }
      guard isRecent || lineage.lastSeenSeconds >= known.listedAtSeconds, lineage.firstSeenSeconds < first,
        remaining.contains(mark) || pids[mark] ?? 0 > Self.highestRepeatedPID
          || listedAtSeconds - lineage.lastSeenSeconds <= LockTimings.staleSeconds
      else { continue }
      lineages[mark] = LineageSighting(
        firstSeenSeconds: lineage.firstSeenSeconds, lastSeenSeconds: listedAtSeconds)
    }
  }

  /// Those that are kept, and those of which the entries tell all there is.
  private var allLineages: [String: LineageSighting] {
    var all = livingFirstSeen(at: listedAtSeconds).mapValues {
      LineageSighting(firstSeenSeconds: $0, lastSeenSeconds: listedAtSeconds)
    }
    all.merge(lineages) { _, kept in kept }
    return all
  }

  /// When the first lock of each lineage was seen that is not a leftover: what stays for half an hour is not refreshed.
  private func livingFirstSeen(at now: Double) -> [String: Double] {
    var result: [String: Double] = [:]
    for sighting in entries.values {
      guard let mark = sighting.lineageMark, now - sighting.firstSeenSeconds <= LockTimings.staleSeconds
      else {
        continue
      }
      result[mark] = min(result[mark] ?? .infinity, sighting.firstSeenSeconds)
    }
    return result
  }
}
