import ResticLocks
import Testing

@Suite("An operation of restic") struct ForecastOperationTests {
  @Test(
    "is found by what a person types",
    arguments: [
      ("backup", "backup"), ("  repair   index ", "repair index"), ("restic prune", "prune"),
      ("forget -n", "forget --dry-run"), ("forget --no-lock -n", "forget --dry-run --no-lock"),
      ("prune --dry-run --no-lock", "prune --dry-run --no-lock"),
      ("rewrite -n --forget", "rewrite --forget --dry-run"),
      ("repair snapshots -n", "repair snapshots --dry-run"), ("cat config", "cat"),
      ("list locks", "list locks"),
      ("list packs", "list"), ("check --no-lock", "check --no-lock"), ("--no-lock check", "check --no-lock"),
      ("copy --from-repo", "copy --from-repo"), ("copy source", "copy --from-repo"),
      ("copy destination", "copy"),
      ("rebuild-index", "rebuild-index"), ("key\tlist", "key list"), ("unlock --remove-all", "unlock"),
    ])
  func lookup(text: String, name: String) throws {
    #expect(try ResticOperation.named(text).name == name)
  }

  @Test(
    "that is none names its neighbours",
    arguments: [
      ("bakcup", ["backup"]),
      ("repair", ["repair index", "repair packs", "repair snapshots", "repair snapshots --dry-run"]),
      ("key", ["key list", "key add", "key passwd", "key remove"]), ("chekc", ["check"]),
      ("check --dry-run", ["check"]), ("snapshot", ["snapshots"]),
    ])
  func nearNames(text: String, near: [String]) {
    #expect(throws: ResticOperationError.unknown(name: text, near: near)) { try ResticOperation.named(text) }
  }

  @Test(
    "that nothing resembles names all of them",
    arguments: ["", "frobnicate", "-n", "\u{0}\u{1B}[2J", "--no-lock"])
  func unknown(text: String) {
    let error = #expect(throws: ResticOperationError.self) { try ResticOperation.named(text) }
    guard case .unknown(_, let near) = error else { return }
    #expect(near.count > 30 && near.contains("backup") && near.contains("repair index"))
  }

  @Test("is found by its own name")
  func namesRoundTrip() throws {
    for operation in ResticOperation.all {
      #expect(try ResticOperation.named(operation.name) == operation)
      #expect(try ResticOperation.named(operation.withoutLock.name) == operation.withoutLock)
    }
    #expect(Set(ResticOperation.all.map(\.name)).count == ResticOperation.all.count)
  }

  /// Name, the last version with the old lock, that lock, the first with the new one, that lock; nil: not there.
  static let changes: [(String, String, LockNeed?, String, LockNeed?)] = [
    ("backup --dry-run", "0.15.2", .shared, "0.16.0", LockNeed.none),
    ("backup --dry-run", "0.12.1", nil, "0.13.0", .shared),
    ("cat --no-lock", "0.11.0", .shared, "0.12.0", LockNeed.none),
    ("copy", "0.9.6", nil, "0.10.0", .shared),
    ("copy --from-repo --no-lock", "0.12.1", .shared, "0.13.0", LockNeed.none),
    ("copy --no-lock", "0.12.1", .shared, "0.19.1", .shared),
    ("forget --dry-run --no-lock", "0.12.1", .exclusive, "0.13.0", LockNeed.none),
    ("key list --no-lock", "0.16.0", .shared, "0.16.1", LockNeed.none),
    ("list locks", "0.12.1", .shared, "0.13.0", LockNeed.none),
    ("ls", "0.16.5", LockNeed.none, "0.17.0", .shared),
    ("mount --no-lock", "0.9.6", .shared, "0.10.0", LockNeed.none),
    ("prune --dry-run --no-lock", "0.17.2", .exclusive, "0.17.3", LockNeed.none),
    ("recover", "0.17.3", .shared, "0.18.0", .exclusive),
    ("repair index", "0.15.2", nil, "0.16.0", .exclusive),
    ("repair packs", "0.16.0", nil, "0.16.1", .exclusive),
    ("rewrite", "0.14.0", nil, "0.15.0", .shared),
    ("rewrite --forget", "0.14.0", nil, "0.15.0", .exclusive),
    ("rewrite --forget --dry-run", "0.14.0", nil, "0.15.0", LockNeed.none),
    ("tag --no-lock", "0.16.5", LockNeed.none, "0.17.0", .exclusive),
  ]

  @Test("takes the lock of its version", arguments: changes.indices)
  func history(index: Int) throws {
    let (name, before, lockBefore, after, lockAfter) = Self.changes[index]
    let operation = try ResticOperation.named(name)
    for (text, lock) in [(before, lockBefore), (after, lockAfter)] {
      let version = try ResticVersion(parsing: text)
      #expect(operation.exists(in: version) == (lock != nil), "\(name) in \(text)")
      if let lock { #expect(try operation.lock(in: version) == lock, "\(name) in \(text)") }
    }
  }

  @Test("has an old name only while it has no new one")
  func oldNames() {
    #expect(ResticOperation.all(in: ResticVersion(0, 15, 2)).map(\.name).contains("rebuild-index"))
    #expect(!ResticOperation.all(in: .newest).map(\.name).contains("rebuild-index"))
  }

  @Test(
    "a version is read as restic prints it",
    arguments: [
      ("0.19.1", ResticVersion(0, 19, 1)), ("v0.9.6", ResticVersion(0, 9, 6)),
      ("0.18", ResticVersion(0, 18, 0)),
      ("0.19.1-dev", ResticVersion(0, 19, 1)), ("1.0.0+git", ResticVersion(1, 0, 0)),
    ])
  func versions(text: String, version: ResticVersion) throws {
    #expect(try ResticVersion(parsing: text) == version)
    #expect(version < ResticVersion(1, 0, 1) && ResticVersion(0, 9, 6) <= version)
  }

  @Test(
    "anything else is no version",
    arguments: ["", "0", "0.", "0..1", "0.19.1.2", "a.b", "0.-1.2", "0.99999.1", "latest", "0.٣.1", "v"])
  func notVersions(text: String) {
    #expect(throws: ResticVersionError.self) { try ResticVersion(parsing: text) }
  }
}
