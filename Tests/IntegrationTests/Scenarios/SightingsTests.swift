import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What earlier runs remember settles what clocks leave open.
@Suite struct SightingsTests {
  #if os(Linux)
    /// A time namespace lets the machine be up for long, whenever it was started.
    private static let longAfterBoot = ["unshare", "--time", "--boottime", "1000000", "--fork"]

    @Test("two runs of one boot settle an uncertain lock, and a record of another boot is ignored")
    func settles() async throws {
      try Machine.requireRoot()
      let repository = try ScenarioRepository()
      // The two clocks disagree: by its own time it is old, by the file's it is not.
      try repository.addLock(pid: 1, secondsAgo: 7200, hostname: "elsewhere", fileSecondsAgo: 60)
      // In one namespace throughout, as another one would be another boot.
      let script = #"""
        set -e
        cd "$0"
        look() { "$@" > "$out"; }
        # Changes the record, and its last line, which is a sum of those before.
        edit() {
          grep -v "^sum " "$record" | sed -E "$1" > edited
          echo "sum $(sha256sum edited | cut -c 1-16)" >> edited
          cat edited > "$record"
        }
        out=first look "$@"
        record=$(ls "$XDG_STATE_HOME"/reslock/sightings/*)
        out=second look "$@"
        # As if the first look had been long ago.
        edit '2!s/^([0-9a-f]+) [0-9.]+/\1 996000.5/'
        out=third look "$@"
        # As if those had been looks in another boot.
        edit '2s/^[0-9a-f]/z/'
        out=fourth look "$@"
        edit '2!s/^([0-9a-f]+) [0-9.]+/\1 996000.5/'
        echo nonsense >> "$record"
        out=fifth look "$@"
        """#
      let work = try TemporaryFolder("sightings")
      let state = try TemporaryFolder("state")
      let result = try await ReslockBinary.run(
        ["list", "--json"], repository: repository.url, environment: ["XDG_STATE_HOME": state.path],
        launcher: Self.longAfterBoot + ["sh", "-c", script, work.path])
      try #require(result.exitCode == 0, "\(result.what)")
      func verdict(_ name: String) throws -> String? {
        let bytes = try Data(contentsOf: work.url.appendingPathComponent(name))
        return try JSONDecoder.snakeCase.decode(LockList.self, from: bytes).locks.first?.verdict
      }
      #expect(try verdict("first") == "uncertain")
      #expect(try verdict("second") == "uncertain")
      #expect(try verdict("third") == "expired")
      #expect(try verdict("fourth") == "uncertain", "a record of another boot")
      #expect(try verdict("fifth") == "uncertain", "a damaged record")
    }
  #endif

  @Test("a record that another user could have written counts for nothing")
  func foreignRecord() async throws {
    try Machine.requireRoot()
    let repository = try ScenarioRepository()
    try repository.addLock(pid: 1, hostname: "elsewhere")
    let state = try TemporaryFolder("state")
    let environment = ["XDG_STATE_HOME": state.path]
    _ = try await ReslockBinary.lock(of: repository.url, environment: environment)
    let folder = state.url.appendingPathComponent("reslock/sightings")
    let name = try #require(try FileManager.default.contentsOfDirectory(atPath: folder.path).first)
    let record = folder.appendingPathComponent(name)
    let text = try String(contentsOf: record, encoding: .utf8)
    let mode = try FileManager.default.attributesOfItem(atPath: record.path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
    // Neither the password nor who holds the locks is in it.
    #expect(!text.contains("elsewhere") && !text.contains("root"))
    try text.replacing(/(?m)^([0-9a-f]{64}) \S+/) { "\($0.1) 0.0" }.write(
      to: record, atomically: false, encoding: .utf8)
    chown(record.path, 65534, 65534)
    let lock = try await ReslockBinary.lock(of: repository.url, environment: environment)
    let observed = try #require(lock.evidence?.silence.observed)
    #expect(observed.atLeastSeconds < 60 && observed.atMostSeconds == nil)
  }
}
