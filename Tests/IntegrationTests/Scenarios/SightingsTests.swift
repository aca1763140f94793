import Foundation
import ResticCrypto
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
        # Puts an edited record in place under a sum that fits.
        keep() { sed '$d' "$1" > body; (cat body; echo "sum $(sha256sum < body | cut -c1-16)") > "$record"; }
        out=first look "$@"
        record=$(ls "$XDG_STATE_HOME"/reslock/sightings/*)
        out=second look "$@"
        # Both earlier runs were an hour ago, or the first was.
        sed -E '2!s/^([0-9a-f]+) [0-9.]+/\1 996000.5/' "$record" > edited
        keep edited
        out=third look "$@"
        sed -E '2s/^[0-9a-f]/z/' edited > other-boot
        keep other-boot
        out=fourth look "$@"
        keep edited
        sed '3s/ 996000/ 995000/' "$record" > damaged
        cat damaged > "$record"
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
    let body = text.replacing(/(?m)^([0-9a-f]{64}) \S+/) { "\($0.1) 0.0" }.replacing(
      /(?m)^sum .*\n/, with: "")
    let sum = SHA256.hex(Array(body.utf8)).prefix(16)
    try "\(body)sum \(sum)\n".write(to: record, atomically: false, encoding: .utf8)
    chown(record.path, 65534, 65534)
    let lock = try await ReslockBinary.lock(of: repository.url, environment: environment)
    let observed = try #require(lock.evidence?.silence.observed)
    #expect(observed.atLeastSeconds < 60 && observed.atMostSeconds == nil)
  }
}
