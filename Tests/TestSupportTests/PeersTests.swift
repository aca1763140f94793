import Foundation
import TestSupport
import Testing

@Suite("Programs that tests run")
struct PeersTests {
  #if os(Linux)
    @Test("`make peers` has unpacked a restic of each generation", arguments: [14, 18, 19])
    func generations(minor: Int) {
      #expect(
        ResticBinary.all.contains { $0.version.major == 0 && $0.version.minor == minor },
        "run make peers; found \(ResticBinary.all.map(\.testDescription))")
    }
  #endif

  @Test("each restic is the version its name says", arguments: ResticBinary.all)
  func version(restic: ResticBinary) async throws {
    let result = try await restic.run(["version"], repository: nil)
    #expect(result.exitCode == 0)
    #expect(result.stdout.hasPrefix("restic \(restic.version) "))
  }

  @Test("a backup from standard input holds its lock until its input ends", arguments: ResticBinary.all)
  func backupHoldsLock(restic: ResticBinary) async throws {
    let folder = try TemporaryFolder()
    #expect(try await restic.run(["init"], repository: folder.url).exitCode == 0)
    let backup = try restic.start(["backup", "--stdin"], repository: folder.url)
    let locks = folder.path("locks")
    while try FileManager.default.contentsOfDirectory(atPath: locks).isEmpty {
      try #require(backup.isRunning, "\(backup.stderrSoFar)")
      try await Task.sleep(for: .milliseconds(20))
    }
    backup.closeInput()
    _ = try await backup.wait()
    #expect(try FileManager.default.contentsOfDirectory(atPath: locks).isEmpty)
  }

  @Test("the reslock of this build is found")
  func reslock() async throws {
    let result = try await ReslockBinary.run(["--version"])
    #expect(result.exitCode == 0)
    #expect(ResticBinaryVersion(result.stdout.trimmingCharacters(in: .newlines)) != nil)
  }
}
