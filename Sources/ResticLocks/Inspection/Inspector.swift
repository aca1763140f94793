package import HostFacts
internal import ResticCrypto
internal import ResticFormat
package import ResticStorage

/// Looks at a repository's locks: lists them, opens them if there are any, gathers evidence and judges.
package struct Inspector: Sendable {
  package let storage: any Storage
  package let surroundings: Surroundings
  package let options: JudgementOptions
  /// Whether only this machine writes to the repository's file system; `nil` for remote repositories.
  package let locality: FileSystemLocality?

  package init(
    storage: any Storage, surroundings: Surroundings, options: JudgementOptions = JudgementOptions(),
    locality: FileSystemLocality?
  ) {
    self.storage = storage
    self.surroundings = surroundings
    self.options = options
    self.locality = locality
  }

  /// One look.
  ///
  /// - Parameters:
  ///   - identifies: whether `config` is wanted even where no lock makes its content necessary.
  ///   - open: opens the repository with the bytes of its `config`; called at most once, and only when a lock has
  ///     to be opened. `nil`, for want of a password, leaves the locks unopened.
  /// - Returns: A lock that vanishes meanwhile is no error, and neither is one that can't be read.
  /// - Throws: ``RepositoryError``.
  package func inspect(
    identifies: Bool = false, open: (_ config: [UInt8]) async throws -> OpenedRepository?
  ) async throws -> Inspection {
    async let configEntry = configEntry()
    let first = try await listing()
    _ = try await configEntry
    guard !first.isEmpty || identifies else { return Inspection(location: storage.displayName) }

    let config = try await readConfig()
    let configSHA256 = SHA256.hex(config)
    guard !first.isEmpty else {
      return Inspection(location: storage.displayName, configSHA256: configSHA256)
    }
    async let earlier = surroundings.sightings.load(configSHA256)
    let reader = LockReader(storage: storage, sleep: surroundings.sleep)
    async let prefetched = reader.prefetch(first.locks)
    guard first.needsKey, let opened = try await open(config) else {
      let files = first.locks.map(LockReader.unopened) + first.strays.map(LockReader.stray)
      var sightings = await earlier
      return await judged(files, opened: nil, configSHA256: configSHA256, first, &sightings, vanished: [])
    }
    var rounds = LockRounds(reader: reader, opened: opened)
    await rounds.read(first, await prefetched)
    var sightings = await earlier
    return try await settled(&rounds, first, configSHA256, &sightings)
  }

  /// Takes the listing again while it changes under our hands, so that a refreshed lock is not taken for a gone one,
  /// nor a lock for stale that its holder has replaced or taken along meanwhile.
  private func settled(
    _ rounds: inout LockRounds, _ first: LockListing, _ configSHA256: String, _ sightings: inout Sightings?
  ) async throws -> Inspection {
    var listing = first
    var round = 1
    while true {
      let inspection = await judged(
        rounds.files(of: listing, isLast: round >= ReadingLimits.listingRounds), opened: rounds.opened,
        configSHA256: configSHA256, listing, &sightings,
        vanished: rounds.vanishedNames)
      let stale = inspection.assessments.filter { $0.verdict?.isStale == true }.map(\.lock.name)
      guard rounds.lastRoundVanished || !stale.isEmpty || isOld(listing) else { return inspection }
      let next = try await self.listing()
      if next.names == listing.names, !rounds.lastRoundVanished { return inspection }
      guard round < ReadingLimits.listingRounds else {
        // What could not be read is told as unreadable, and what is called stale is still there.
        if next.names.isSuperset(of: stale) { return inspection }
        throw RepositoryError.notReadable(
          StorageError(
            .transient, action: "cannot read the locks",
            reason: "they change faster than they can be read; try again"))
      }
      rounds.noteVanished(from: listing, to: next)
      await rounds.read(next, LockReader.Prefetched())
      listing = next
      round += 1
    }
  }

  /// Opening takes as long as a person takes to type a password.
  private func isOld(_ listing: LockListing) -> Bool {
    surroundings.clock.read().sinceBootSeconds - listing.askedAtSeconds > ReadingLimits.listingAgeSeconds
  }

  private func judged(
    _ files: [LockFile], opened: OpenedRepository?, configSHA256: String, _ listing: LockListing,
    _ seen: inout Sightings?, vanished: [String]
  ) async -> Inspection {
    let ordered = LockFile.oldestFirst(files)
    let sightings = Sightings.after(
      seen, listing: ordered, bootID: surroundings.clock.read().bootID ?? "",
      askedAtSeconds: listing.askedAtSeconds, answeredAtSeconds: listing.answeredAtSeconds)
    seen = sightings
    // Without a name for this boot, a later one could not be told from it.
    if !sightings.bootID.isEmpty { surroundings.sightings.save(configSHA256, sightings) }
    let assessor = LockAssessor(
      surroundings: surroundings, options: options, locality: locality, sightings: sightings)
    return Inspection(
      location: storage.displayName, config: opened?.config, configSHA256: configSHA256,
      assessments: await assessor.assess(many: ordered), vanishedNames: vanished)
  }

  /// Looked at before anything is called free: an empty or unmounted folder has no locks either.
  private func configEntry() async throws(RepositoryError) -> FileEntry {
    let entry: FileEntry
    do {
      entry = try await storage.stat(.config)
    } catch {
      if error.kind == .notFound {
        throw .noRepository(location: storage.displayName, reason: "it has no config file")
      }
      throw .notReadable(error)
    }
    guard entry.kind == .regular else {
      throw .noRepository(location: storage.displayName, reason: "its config is not a file")
    }
    guard entry.byteCount > 0 else { throw .configDamaged(reason: "the file is empty") }
    return entry
  }

  private func readConfig() async throws(RepositoryError) -> [UInt8] {
    do {
      return try await storage.read(.config, byteLimit: ReadingLimits.configByteCount)
    } catch {
      throw .notReadable(error)
    }
  }

  /// A missing `locks/` is an empty one: restic makes it when it first needs it.
  private func listing() async throws(RepositoryError) -> LockListing {
    let askedAt = surroundings.clock.read().sinceBootSeconds
    var entries: [FileEntry] = []
    do {
      entries = try await storage.list(.locks, limit: ReadingLimits.listing)
    } catch {
      guard error.kind == .notFound else { throw .notReadable(error) }
    }
    return LockListing(
      entries, askedAtSeconds: askedAt, answeredAtSeconds: surroundings.clock.read().sinceBootSeconds)
  }
}

/// The locks read so far, over one or more listings.
private struct LockRounds {
  let reader: LockReader
  let opened: OpenedRepository
  private var known: [String: LockFile] = [:]
  private(set) var vanishedNames: [String] = []
  private(set) var lastRoundVanished = false

  init(reader: LockReader, opened: OpenedRepository) {
    self.reader = reader
    self.opened = opened
  }

  mutating func read(_ listing: LockListing, _ prefetched: LockReader.Prefetched) async {
    let unread = listing.locks.filter { known[$0.name] == nil }
    let outcomes = await reader.outcomes(
      of: unread, prefetched: prefetched, key: opened.key, version: opened.config.version)
    lastRoundVanished = false
    for (entry, outcome) in zip(unread, outcomes) {
      switch outcome {
      case .file(let file): known[entry.name] = file
      case .vanished:
        lastRoundVanished = true
        vanishedNames.append(entry.name)
      }
    }
  }

  mutating func noteVanished(from old: LockListing, to new: LockListing) {
    let remaining = new.names
    vanishedNames += old.locks.map(\.name).filter { known[$0] != nil && !remaining.contains($0) }
  }

  /// A lock that went while it was read is left out, as the next listing has what took its place; the last listing
  /// has no next one, and without that lock a repository in use would look free.
  func files(of listing: LockListing, isLast: Bool) -> [LockFile] {
    let locks = listing.locks.compactMap { entry in
      known[entry.name] ?? (isLast ? LockReader.elusive(entry) : nil)
    }
    return locks + listing.strays.map(LockReader.stray)
  }
}
