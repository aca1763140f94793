internal import ResticCrypto
internal import ResticFormat

/// When we first saw one lock file in this boot, and what we saw happen to its lineage.
package struct Sighting: Hashable, Sendable {
  /// Seconds since boot at which a listing first had it.
  package var firstSeenSeconds: Double
  /// Seconds since boot at which a listing did not have it yet; `nil` if none was taken before.
  package var absentAtSeconds: Double?
  /// Seconds since boot at which it was seen to have taken the place of an older lock of its holder.
  package var refreshSeenAtSeconds: Double?
  /// Names the lineage without telling host or user; `nil` until the lock was opened.
  package var lineageMark: String?
}

/// What earlier looks at one repository saw, on a clock that counts from boot and that nobody can step.
///
/// An ID that is seen twice was there all the time between: names are never used again, because each is the hash
/// of its content. So two looks hours apart prove silence without any watching in between.
package struct Sightings: Hashable, Sendable {
  package let bootID: String
  /// When the last listing was asked for, in seconds since boot.
  package var listedAtSeconds: Double
  /// By `LockFile.sightingKey`.
  package var entries: [String: Sighting]
  /// By lineage mark, where more is known than the entries tell: locks of it were there before these, or just now.
  package var lineages: [String: LineageSighting]

  package init(
    bootID: String, listedAtSeconds: Double, entries: [String: Sighting] = [:],
    lineages: [String: LineageSighting] = [:]
  ) {
    self.bootID = bootID
    self.listedAtSeconds = listedAtSeconds
    self.entries = entries
    self.lineages = lineages
  }

  /// What is known after another listing.
  ///
  /// - Parameters:
  ///   - previous: what earlier looks saw; ignored when it is of another boot, or claims to be of the future.
  ///   - files: all files of the listing.
  ///   - bootID: this boot's; empty where it has no name, so that it can't be told from others.
  ///   - askedAtSeconds: seconds since boot before the listing was asked for.
  ///   - answeredAtSeconds: seconds since boot when it was there.
  /// - Returns: the sightings to keep; files that the listing lacks are forgotten.
  package static func after(
    _ previous: Sightings?, listing files: [LockFile], bootID: String, askedAtSeconds: Double,
    answeredAtSeconds: Double
  ) -> Sightings {
    let known = previous.flatMap {
      !bootID.isEmpty && $0.bootID == bootID && $0.listedAtSeconds <= askedAtSeconds ? $0 : nil
    }
    // Most often every file is known under its very key, and this is not needed.
    lazy var knownKeys = Dictionary(
      grouping: known?.entries.keys.map { $0 } ?? [], by: LockFile.name(ofSightingKey:))
    var result = Sightings(bootID: bootID, listedAtSeconds: askedAtSeconds)
    result.entries.reserveCapacity(files.count)
    for file in files {
      let key = file.sightingKey
      // A look without the key can't tell contents under one name apart, and must not forget them.
      if file.isUnopened, let earlierKeys = knownKeys[LockFile.name(ofSightingKey: key)] {
        for key in earlierKeys { result.entries[key] = known?.entries[key] }
        continue
      }
      var sighting: Sighting
      if let earlier = known?.entries[key] {
        sighting = earlier
      } else {
        let isNewName = knownKeys[LockFile.name(ofSightingKey: key)] == nil
        sighting = Sighting(
          firstSeenSeconds: answeredAtSeconds, absentAtSeconds: isNewName ? known?.listedAtSeconds : nil)
      }
      // A key stands for one content, so that a mark once made stays right.
      if sighting.lineageMark == nil, let key = file.lineageKey {
        sighting.lineageMark = lineageMark(key)
      }
      result.entries[key] = sighting
    }
    if let known {
      result.markRefreshes(since: known, now: answeredAtSeconds)
      result.inheritLineages(from: known, files, now: answeredAtSeconds)
    }
    return result
  }

  /// A refresh is seen when a lock appears and an older one of its lineage goes, both within two minutes.
  private mutating func markRefreshes(since known: Sightings, now: Double) {
    var goneFirstSeen: [String: Double] = [:]
    for (key, gone) in known.entries where entries[key] == nil {
      guard let mark = gone.lineageMark else { continue }
      goneFirstSeen[mark] = min(goneFirstSeen[mark] ?? .infinity, gone.firstSeenSeconds)
    }
    guard !goneFirstSeen.isEmpty else { return }
    for (key, sighting) in entries where sighting.refreshSeenAtSeconds == nil {
      guard let mark = sighting.lineageMark, let older = goneFirstSeen[mark],
        let absentAt = sighting.absentAtSeconds,
        older < sighting.firstSeenSeconds, now - absentAt <= LockTimings.refreshWindowSeconds
      else { continue }
      entries[key]?.refreshSeenAtSeconds = sighting.firstSeenSeconds
    }
  }

  /// What watching tells of one file's silence; `nil` for a file that is not in the last listing.
  package func observedSilence(of file: LockFile, nowSeconds: Double) -> ObservedSilence? {
    guard let sighting = entries[file.sightingKey], sighting.firstSeenSeconds <= nowSeconds else {
      return nil
    }
    return ObservedSilence(
      atLeastSeconds: nowSeconds - sighting.firstSeenSeconds,
      atMostSeconds: sighting.absentAtSeconds.map { max(0, nowSeconds - $0) })
  }

  /// How long ago this file was seen to have taken the place of an older lock; `nil` if it was not.
  package func refreshSeenSecondsAgo(_ file: LockFile, nowSeconds: Double) -> Double? {
    entries[file.sightingKey]?.refreshSeenAtSeconds.map { max(0, nowSeconds - $0) }
  }

  /// 16 hexadecimal digits that are equal for the locks of one holder and kind.
  static func lineageMark(_ key: LineageKey) -> String {
    let numbers = "\(key.pid) \(key.uid) \(key.gid) \(key.isExclusive)"
    let bytes = key.hostname + [0] + key.username + [0] + Array(numbers.utf8)
    return String(SHA256.hex(bytes).prefix(16))
  }
}
