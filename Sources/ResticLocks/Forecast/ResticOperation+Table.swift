/// restic's commands and the lock each takes, release by release: cmd/restic/*.go of the tags, and the integration
/// tests, which run every command of the newest releases against each kind of lock.
extension ResticOperation {
  /// Every operation of every version, readers first, then writers, maintenance and what takes no lock.
  package static let all: [ResticOperation] = readers + writers + maintenance + lockFree

  /// The operations of one version under their present names, in the order of ``all``.
  package static func all(in version: ResticVersion) -> [ResticOperation] {
    all.filter { $0.exists(in: version) && $0.renamedTo.map { !isKnown($0, in: version) } ?? true }
  }

  private static func isKnown(_ name: String, in version: ResticVersion) -> Bool {
    all.contains { $0.name == name && $0.exists(in: version) }
  }

  /// Shared, and willing to run without a lock.
  private static let readers: [ResticOperation] = [
    ResticOperation(
      "cat", takes: always(.shared), noLock: honoured(since: ResticVersion(0, 12, 0)),
      aliases: ["config", "index", "snapshot", "key", "masterkey", "lock", "pack", "blob", "tree"]
        .map { "cat \($0)" }),
    ResticOperation(
      "copy", [.fromRepository], takes: since(ResticVersion(0, 10, 0), .shared),
      noLock: honoured(since: ResticVersion(0, 13, 0)), aliases: ["copy source"]),
    ResticOperation("diff", takes: since(ResticVersion(0, 8, 1), .shared), noLock: honoured()),
    ResticOperation("dump", takes: always(.shared), noLock: honoured()),
    ResticOperation("find", takes: always(.shared), noLock: honoured()),
    ResticOperation(
      "key list", takes: always(.shared), noLock: honoured(since: ResticVersion(0, 16, 1))),
    ResticOperation(
      "list", takes: always(.shared), noLock: honoured(),
      aliases: ["blobs", "packs", "index", "snapshots", "keys"].map { "list \($0)" }),
    ResticOperation(
      "ls", takes: VersionTimeline(LockNeed.none, (since: ResticVersion(0, 17, 0), value: .shared)),
      noLock: honoured()),
    ResticOperation("mount", takes: always(.shared), noLock: honoured(since: ResticVersion(0, 10, 0))),
    ResticOperation("restore", takes: always(.shared), noLock: honoured()),
    ResticOperation("snapshots", takes: always(.shared), noLock: honoured()),
    ResticOperation("stats", takes: since(ResticVersion(0, 9, 2), .shared), noLock: honoured()),
  ]

  /// Shared, because they only add.
  private static let writers: [ResticOperation] = [
    ResticOperation("backup", takes: always(.shared), aliases: ["backup --stdin"]),
    ResticOperation(
      "backup", [.dryRun],
      takes: VersionTimeline(
        nil, (since: ResticVersion(0, 13, 0), value: .shared),
        (since: ResticVersion(0, 16, 0), value: LockNeed.none))),
    ResticOperation("copy", takes: since(ResticVersion(0, 10, 0), .shared), aliases: ["copy destination"]),
    ResticOperation("key add", takes: always(.shared)),
    ResticOperation("rewrite", takes: since(ResticVersion(0, 15, 0), .shared)),
    ResticOperation("rewrite", [.dryRun], takes: since(ResticVersion(0, 15, 0), LockNeed.none)),
    ResticOperation("rewrite", [.forget], takes: since(ResticVersion(0, 15, 0), .exclusive)),
    ResticOperation("rewrite", [.forget, .dryRun], takes: since(ResticVersion(0, 15, 0), LockNeed.none)),
  ]

  /// Exclusive, because they remove or need a repository that stands still.
  private static let maintenance: [ResticOperation] = [
    ResticOperation("check", takes: always(.exclusive), noLock: honoured(), aliases: ["check --read-data"]),
    ResticOperation(
      "forget", takes: always(.exclusive), noLock: refused(since: ResticVersion(0, 13, 0)),
      aliases: ["forget --prune"]),
    ResticOperation(
      "forget", [.dryRun], takes: always(.exclusive), noLock: honoured(since: ResticVersion(0, 13, 0))),
    ResticOperation("key passwd", takes: always(.exclusive)),
    ResticOperation("key remove", takes: always(.exclusive)),
    ResticOperation("migrate", takes: always(.exclusive), aliases: ["migrate upgrade_repo_v2"]),
    ResticOperation(
      "prune", takes: always(.exclusive), noLock: refused(since: ResticVersion(0, 17, 3))),
    ResticOperation(
      "prune", [.dryRun], takes: since(ResticVersion(0, 12, 0), .exclusive),
      noLock: honoured(since: ResticVersion(0, 17, 3))),
    ResticOperation("rebuild-index", takes: always(.exclusive), renamedTo: "repair index"),
    ResticOperation(
      "recover",
      takes: VersionTimeline(
        nil, (since: ResticVersion(0, 9, 4), value: .shared),
        (since: ResticVersion(0, 18, 0), value: .exclusive))),
    ResticOperation("repair index", takes: since(ResticVersion(0, 16, 0), .exclusive)),
    ResticOperation("repair packs", takes: since(ResticVersion(0, 16, 1), .exclusive)),
    ResticOperation(
      "repair snapshots", takes: since(ResticVersion(0, 16, 0), .exclusive),
      aliases: ["repair snapshots --forget"]),
    ResticOperation("repair snapshots", [.dryRun], takes: since(ResticVersion(0, 16, 0), LockNeed.none)),
    ResticOperation(
      "tag", takes: always(.exclusive),
      noLock: VersionTimeline(.runsUnlocked, (since: ResticVersion(0, 17, 0), value: .ignored))),
  ]

  /// They never look at the locks of the repository.
  private static let lockFree: [ResticOperation] = [
    ResticOperation("cache", takes: since(ResticVersion(0, 9, 0), LockNeed.none)),
    ResticOperation("features", takes: since(ResticVersion(0, 17, 0), LockNeed.none)),
    ResticOperation("generate", takes: since(ResticVersion(0, 8, 0), LockNeed.none)),
    ResticOperation("init", takes: always(LockNeed.none)),
    ResticOperation("init", [.fromRepository], takes: since(ResticVersion(0, 10, 0), LockNeed.none)),
    ResticOperation(
      "list locks",
      takes: VersionTimeline(.shared, (since: ResticVersion(0, 13, 0), value: LockNeed.none)),
      noLock: honoured()),
    ResticOperation("options", takes: always(LockNeed.none)),
    ResticOperation("self-update", takes: since(ResticVersion(0, 9, 3), LockNeed.none)),
    ResticOperation("unlock", takes: always(LockNeed.none), aliases: ["unlock --remove-all"]),
    ResticOperation("version", takes: always(LockNeed.none)),
  ]

  private static func always(_ need: LockNeed) -> VersionTimeline<LockNeed?> { VersionTimeline(need) }

  private static func since(_ version: ResticVersion, _ need: LockNeed) -> VersionTimeline<LockNeed?> {
    VersionTimeline(nil, (since: version, value: need))
  }

  private static func honoured(since version: ResticVersion? = nil) -> VersionTimeline<NoLockEffect> {
    guard let version else { return VersionTimeline(.runsUnlocked) }
    return VersionTimeline(.ignored, (since: version, value: .runsUnlocked))
  }

  private static func refused(since version: ResticVersion) -> VersionTimeline<NoLockEffect> {
    VersionTimeline(.ignored, (since: version, value: .refused))
  }
}
