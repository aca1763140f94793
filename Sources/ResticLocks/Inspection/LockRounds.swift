internal import ResticFormat
internal import ResticStorage

/// The locks read so far, over one or more listings.
struct LockRounds {
  let reader: LockReader
  let opened: OpenedRepository
  private(set) var known: KnownLocks
  private(set) var vanishedNames: [String] = []
  private(set) var lastRoundVanished = false

  init(reader: LockReader, opened: OpenedRepository, known: KnownLocks) {
    self.reader = reader
    self.opened = opened
    self.known = known
  }

  mutating func read(_ listing: LockListing, _ prefetched: LockReader.Prefetched) async {
    let unread = known.unread(of: listing)
    let outcomes = await reader.outcomes(
      of: unread, prefetched: prefetched, key: opened.key, version: opened.config.version)
    lastRoundVanished = false
    for (entry, outcome) in zip(unread, outcomes) {
      switch outcome {
      case .file(let file): known.remember(file)
      case .vanished:
        lastRoundVanished = true
        vanishedNames.append(entry.name)
      }
    }
  }

  mutating func noteVanished(from old: LockListing, to new: LockListing) {
    let remaining = new.names
    vanishedNames += old.locks.filter { known[$0] != nil && !remaining.contains($0.name) }.map(\.name)
  }

  /// A lock that went while it was read is left out, as the next listing has what took its place; the last listing
  /// has no next one, and without that lock a repository in use would look free.
  func files(of listing: LockListing, isLast: Bool) -> [LockFile] {
    let locks = listing.locks.compactMap { entry in
      known[entry] ?? (isLast ? LockReader.elusive(entry) : nil)
    }
    return locks + listing.strays.map(LockReader.stray)
  }
}
