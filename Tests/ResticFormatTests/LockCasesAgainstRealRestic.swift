import Foundation
import ResticFormat
import TestSupport
import Testing
import WallTime

@Suite("The table of locks is what real restic makes of them")
struct LockCasesAgainstRealRestic {
  @Test("each case, in a version 1 repository", arguments: ResticBinary.all)
  func agrees(_ restic: ResticBinary) async throws {
    let folder = try TemporaryFolder("lock-cases")
    let forge = try RepositoryForge(at: folder.url.appendingPathComponent("repository"), version: 1)
    let isGo119 = restic.version < ResticBinaryVersion(0, 15, 0)
    try await forEach(LockCases.all.filter { !($0.isOtherwiseInGo119 && isGo119) }, width: 3) { lock in
      let id = try forge.addLock(json: lock.json)
      let answer = try await CatLock(restic, id, at: forge.url)
      switch lock.expectation {
      case .refused: #expect(answer == .refused, "\(lock.name)")
      case .accepted(let fields):
        let isPrinted = isGo119 || !lock.isUnprintable
        #expect(answer == (isPrinted ? .accepted(fields.record) : .acceptedUnprinted), "\(lock.name)")
      }
    }
  }

  @Test("each case, compressed in a version 2 repository, is the same to the newest restic")
  func agreesCompressed() async throws {
    let folder = try TemporaryFolder("lock-cases")
    let forge = try RepositoryForge(at: folder.url.appendingPathComponent("repository"), version: 2)
    try await forEach(LockCases.all, width: 3) { lock in
      let id = try forge.addLock(json: lock.json)
      let answer = try await CatLock(ResticBinary.newest, id, at: forge.url)
      switch lock.expectation {
      case .refused: #expect(answer == .refused, "\(lock.name)")
      case .accepted: #expect(answer != .refused, "\(lock.name)")
      }
    }
  }
}

/// What `restic cat lock` says of a lock.
enum CatLock: Equatable {
  case refused
  /// Loaded, but Go cannot print a time with such an offset.
  case acceptedUnprinted
  /// Times are compared as instants: restic prints them in a form of its own.
  case accepted(LockRecord)

  init(_ restic: ResticBinary, _ id: ObjectID, at repository: URL) async throws {
    let result = try await restic.run(["cat", "lock", id.hex, "--no-lock"], repository: repository)
    guard result.exitCode == 0 else {
      self = result.stderr.contains("MarshalJSON") ? .acceptedUnprinted : .refused
      return
    }
    self = .accepted(try JSONDecoder().decode(Printed.self, from: Data(result.stdoutBytes)).record)
  }

  private struct Printed: Decodable {
    let time: String
    let exclusive: Bool
    let hostname: String
    let username: String
    let pid: Int64
    let uid: UInt32?
    let gid: UInt32?

    var record: LockRecord {
      LockRecord(
        time: LockTime(text: "", instant: unixTime(time) ?? UnixTime(seconds: .min)), isExclusive: exclusive,
        hostname: hostname, username: username, pid: pid, uid: uid ?? 0, gid: gid ?? 0)
    }
  }

  static func == (left: CatLock, right: CatLock) -> Bool {
    switch (left, right) {
    case (.refused, .refused), (.acceptedUnprinted, .acceptedUnprinted): true
    case (.accepted(let left), .accepted(let right)):
      left.time.instant == right.time.instant && left.isExclusive == right.isExclusive
        && Array(left.hostname.utf8) == Array(right.hostname.utf8)
        && Array(left.username.utf8) == Array(right.username.utf8) && left.pid == right.pid
        && left.uid == right.uid && left.gid == right.gid
    default: false
    }
  }
}

/// Runs `body` for each element, a few at a time, so that hundreds of children do not run at once.
func forEach<Element: Sendable>(
  _ elements: [Element], width: Int, _ body: @escaping @Sendable (Element) async throws -> Void
) async throws {
  try await withThrowingTaskGroup(of: Void.self) { group in
    for (index, element) in elements.enumerated() {
      if index >= width { try await group.next() }
      group.addTask { try await body(element) }
    }
    try await group.waitForAll()
  }
}
