internal import HostFacts
internal import ResticCrypto
internal import ResticFormat
internal import ResticStorage

/// One repository looked at again and again: each look reads only what no earlier one has read.
///
/// The first look costs a listing and a look at `config`, side by side, and with locks the key derivation. A later one
/// costs a listing, and a read for each file that is new.
package actor RepositorySession {
  /// Opens the repository with the bytes of its `config`, and the key files where they were fetched meanwhile; `nil`
  /// for want of a password.
  package typealias Opening =
    @Sendable (_ config: [UInt8], _ keyFiles: KeyFiles?) async throws -> OpenedRepository?
  /// Fetches the key files beside other things; `nil` where none are wanted, and where they can't be had.
  package typealias KeyFetching = @Sendable () async -> KeyFiles?

  private let inspector: Inspector
  private let fetchKeyFiles: KeyFetching
  private let open: Opening
  private var config: [UInt8]?
  private var opened: OpenedRepository?
  private var sightings: Sightings?
  private var known = KnownLocks()
  /// What the last look called stale.
  private var staleNames: Set<String> = []
  private var hasSeenConfig = false

  private var storage: any Storage { inspector.storage }
  private var surroundings: Surroundings { inspector.surroundings }

  package init(
    _ inspector: Inspector, fetchKeyFiles: @escaping KeyFetching = { nil }, open: @escaping Opening
  ) {
    self.inspector = inspector
    self.fetchKeyFiles = fetchKeyFiles
    self.open = open
  }

  /// One look.
  ///
  /// - Parameters:
  ///   - identifies: whether `config` is wanted even where no lock makes its content necessary.
  ///   - opens: whether the key is derived where a lock makes it necessary; if not, locks stay unopened.
  /// - Returns: A lock that vanishes meanwhile is no error, and neither is one that can't be read.
  /// - Throws: ``RepositoryError``.
  package func look(identifies: Bool = false, opens: Bool = true) async throws -> Inspection {
    let first = try await firstListing()
    guard !first.isEmpty || identifies else {
      await noteFree(first, configSHA256: nil)
      return Inspection(
        location: storage.displayName, name: inspector.name, config: opened?.config,
        configSHA256: config.map(SHA256.hex))
    }
    let wantsKey = opened == nil && opens && first.needsKey
    let fetchKeyFiles = fetchKeyFiles
    async let keyFiles = wantsKey ? fetchKeyFiles() : nil
    if config == nil { config = try await readConfig() }
    let config = config ?? []
    let configSHA256 = SHA256.hex(config)
    guard !first.isEmpty else {
      await noteFree(first, configSHA256: configSHA256)
      return Inspection(
        location: storage.displayName, name: inspector.name, config: opened?.config,
        configSHA256: configSHA256)
    }
    let (store, earlierSightings) = (surroundings.sightings, sightings)
    async let earlier = earlierSightings ?? store.load(configSHA256)
    let reader = LockReader(storage: storage, sleep: surroundings.sleep)
    let known = known.relisted(by: first)
    let unread = known.unread(of: first)
    async let prefetched = fetch(unread, with: reader, confirms: wantsKey)
    if wantsKey { opened = try await open(config, await keyFiles) }
    guard let opened, first.needsKey else {
      let files = first.locks.map(LockReader.unopened) + first.strays.map(LockReader.stray)
      var seen = await earlier
      let inspection = await judged(files, configSHA256: configSHA256, first, &seen, vanished: [])
      sightings = seen
      return inspection
    }
    var rounds = LockRounds(reader: reader, opened: opened, known: known)
    let (bytes, confirmation) = await prefetched
    await rounds.read(first, bytes)
    var seen = await earlier
    let inspection = try await settled(&rounds, first, confirmation: confirmation, configSHA256, &seen)
    // What an interruption cut off was not read, and is no unreadable lock.
    if Task.isCancelled { throw RepositoryError.cancelled }
    (self.known, sightings) = (KnownLocks(inspection.assessments.map(\.lock)), seen)
    staleNames = Set(inspection.staleNames)
    return inspection
  }

  /// Opens the repository where no look made it necessary, so that a wrong password is found before it is needed.
  ///
  /// - Throws: ``RepositoryError``; `noPassword` where there is none to verify.
  package func verifyPassword() async throws {
    if try await openedRepository() == nil { throw RepositoryError.noPassword }
  }

  /// The repository opened, whether or not a lock made it necessary; `nil` for want of a password.
  package func openedRepository() async throws -> OpenedRepository? {
    if let opened { return opened }
    let bytes: [UInt8]
    if let config { bytes = config } else { bytes = try await readConfig() }
    config = bytes
    opened = try await open(bytes, nil)
    return opened
  }

  /// Forgets how long locks were seen unchanged, after a time in which nothing was seen.
  package func restartObservation() {
    // What is of no boot counts for none.
    sightings = Sightings(bootID: "", listedAtSeconds: 0)
    staleNames = []
  }

  /// Fetches the bytes of locks, and then takes the listing that confirms what they will be judged to be.
  ///
  /// Behind a network that listing takes as long as the key derivation, which goes on beside it.
  private func fetch(
    _ entries: [FileEntry], with reader: LockReader, confirms: Bool
  ) async -> (bytes: LockReader.Prefetched, confirmation: LockListing?) {
    let bytes = await reader.prefetch(entries)
    guard confirms, inspector.locality == nil, bytes.isWhole else { return (bytes, nil) }
    return (bytes, try? await listing())
  }

  /// Looks at `config` too the first time, and again where nothing is listed: an unmounted folder has no locks either.
  private func firstListing() async throws -> LockListing {
    guard hasSeenConfig else {
      async let entry = configEntry()
      let listing = try await listing()
      _ = try await entry
      hasSeenConfig = true
      return listing
    }
    let listing = try await listing()
    if listing.isEmpty { _ = try await configEntry() }
    return listing
  }

  /// Takes the listing again while it changes under our hands, so that a refreshed lock is not taken for a gone one,
  /// nor a lock for stale that its holder has replaced or taken along meanwhile.
  ///
  /// A lock that the look before called stale too was in two listings by now. `confirmation` was taken after all bytes
  /// were read.
  private func settled(
    _ rounds: inout LockRounds, _ first: LockListing, confirmation: LockListing?, _ configSHA256: String,
    _ sightings: inout Sightings?
  ) async throws -> Inspection {
    var listing = first
    var confirmation = confirmation.flatMap { isOld($0) ? nil : $0 }
    var round = 1
    while true {
      let inspection = await judged(
        rounds.files(of: listing, isLast: round >= ReadingLimits.listingRounds),
        configSHA256: configSHA256, listing, &sightings, vanished: rounds.vanishedNames)
      let stale = inspection.staleNames
      guard
        rounds.lastRoundVanished || stale.contains(where: { !staleNames.contains($0) }) || isOld(listing)
      else { return inspection }
      if !rounds.lastRoundVanished, confirmation == nil,
        await storage.names(in: .locks, limit: ReadingLimits.listing) == listing.names
      {
        return inspection
      }
      let next: LockListing
      if let confirmation { next = confirmation } else { next = try await self.listing() }
      confirmation = nil
      if next.hasSameNames(as: listing), !rounds.lastRoundVanished { return inspection }
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
    _ files: [LockFile], configSHA256: String, _ listing: LockListing,
    _ seen: inout Sightings?, vanished: [String]
  ) async -> Inspection {
    let ordered = LockFile.oldestFirst(files)
    let sightings = Sightings.after(
      seen, listing: ordered, bootID: surroundings.clock.read().bootID ?? "",
      askedAtSeconds: listing.askedAtSeconds, answeredAtSeconds: listing.answeredAtSeconds)
    seen = sightings
    let store = surroundings.sightings
    async let saved: Void = Self.save(sightings, of: configSHA256, at: storage.displayName, in: store)
    let assessor = LockAssessor(
      surroundings: surroundings, options: inspector.options, locality: inspector.locality,
      sightings: sightings,
      storageClockOffsetSeconds: storage.clockOffsetSeconds)
    let assessments = await assessor.assess(many: ordered)
    await saved
    return Inspection(
      location: storage.displayName, name: inspector.name, config: opened?.config, configSHA256: configSHA256,
      assessments: assessments, vanishedNames: vanished)
  }

  /// What a free repository shows: a holder that has a lock later is another run, even under the same name.
  ///
  /// `config` is read for that only where an earlier run saw locks at this location, as it may be another repository by
  /// now: disks are changed under one mount point.
  private func noteFree(_ listing: LockListing, configSHA256: String?) async {
    let store = surroundings.sightings
    let known = configSHA256 ?? config.map(SHA256.hex)
    let own = sightings.flatMap { $0.bootID.isEmpty ? nil : $0 }
    guard let name = known ?? store.lastConfig(storage.displayName),
      let earlier = own ?? store.load(name), !earlier.entries.isEmpty || !earlier.lineages.isEmpty
    else { return }
    if known == nil {
      guard let config = try? await readConfig(), SHA256.hex(config) == name else { return }
    }
    let seen = Sightings.after(
      earlier, listing: [], bootID: surroundings.clock.read().bootID ?? "",
      askedAtSeconds: listing.askedAtSeconds, answeredAtSeconds: listing.answeredAtSeconds)
    sightings = seen
    await Self.save(seen, of: name, at: storage.displayName, in: store)
  }

  /// Beside the judging, as the text of many takes long.
  private static func save(
    _ sightings: Sightings, of configSHA256: String, at location: String, in store: SightingsStore
  ) async {
    // Without a name for this boot, a later one could not be told from it.
    guard !sightings.bootID.isEmpty else { return }
    store.save(configSHA256, sightings)
    store.note(configSHA256, location)
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
      throw .ended(with: error)
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
      throw .ended(with: error)
    }
  }

  /// A missing `locks/` is an empty one: restic makes it when it first needs it.
  private func listing() async throws(RepositoryError) -> LockListing {
    let askedAt = surroundings.clock.read().sinceBootSeconds
    var entries: [FileEntry] = []
    do {
      entries = try await storage.list(.locks, limit: ReadingLimits.listing)
    } catch {
      guard error.kind == .notFound else { throw .ended(with: error) }
    }
    return LockListing(
      entries, askedAtSeconds: askedAt, answeredAtSeconds: surroundings.clock.read().sinceBootSeconds)
  }
}
