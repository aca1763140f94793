import Foundation
import TestSupport
import Testing

/// The newest restic and reslock read the fixtures alike.
@Suite struct FixturesAgainstResticTests {
  /// `restic cat lock`, as Go prints what it understood.
  private struct ResticLock: Decodable {
    var time: String
    var exclusive: Bool
    var hostname: String
    var username: String
    var pid: Int64
    var uid: UInt32?
    var gid: UInt32?
  }

  @Test(
    "every lock of every fixture shows what restic cat lock shows, or neither can read it",
    arguments: Fixtures.all)
  func agree(fixture: String) async throws {
    let folder = try TemporaryFolder("fixture")
    let repository = folder.url.appendingPathComponent("repo")
    try Fixtures.copy(fixture, to: repository)
    let restic = ResticBinary.newest
    let master = try await restic.run(["cat", "masterkey", "--no-lock"], repository: repository)
    try #require(master.exitCode == 0, "\(master.what)")
    let hint = try await CheapKey.add(to: repository, masterKey: Data(master.stdoutBytes))

    let listed = try await ReslockBinary.locks(of: repository, ["--key-hint", hint])
    let names = ScenarioRepository.lockNames(in: repository.appendingPathComponent("locks"))
    #expect(Set(listed.map(\.id)).isSuperset(of: names))
    for id in names.sorted() {
      let cat = try await restic.run(
        ["cat", "lock", id, "--no-lock"], repository: repository, environment: ["RESTIC_KEY_HINT": hint])
      let show = try await ReslockBinary.run(
        ["show", "--json", id, "--key-hint", hint], repository: repository)
      let ours = try show.answer(ShownLock.self).lock
      guard cat.exitCode == 0 else {
        #expect(ours.defect != nil, "\(id): restic says \(cat.stderr)")
        continue
      }
      guard ours.defect == nil, ours.time != nil else {
        Issue.record("\(id): restic reads it, reslock says \(String(describing: ours.defect))")
        continue
      }
      let theirs = try JSONDecoder().decode(ResticLock.self, from: Data(cat.stdoutBytes))
      // Go prints a time in its shortest form; the instant is the same.
      #expect(
        ours.time.flatMap(Self.instant) == Self.instant(theirs.time),
        "\(id): \(ours.time ?? "") \(theirs.time)")
      #expect(ours.exclusive == theirs.exclusive && ours.hostname == theirs.hostname, "\(id)")
      #expect(ours.username == theirs.username && ours.pid == theirs.pid, "\(id)")
      #expect(ours.uid == theirs.uid ?? 0 && ours.gid == theirs.gid ?? 0, "\(id)")
    }
    withExtendedLifetime(folder) {}
  }

  /// Seconds and nanoseconds of a time with any offset.
  private static func instant(_ text: String) -> [Int64]? {
    guard let match = text.wholeMatch(of: /(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:[.,](\d+))?(Z|[+-]\d\d:\d\d)/)
    else {
      return nil
    }
    let fraction = String((String(match.2 ?? "") + "000000000").prefix(9))
    let formatter = ISO8601DateFormatter()
    guard let date = formatter.date(from: String(match.1 + match.3)) else { return nil }
    return [Int64(date.timeIntervalSince1970), Int64(fraction) ?? -1]
  }
}
