import Foundation
import TestSupport
import Testing

@testable import ResticStorage

/// Where restic refuses a location before it looks for the repository, so do we, and nowhere else but where we say so.
@Suite struct LocationsAgainstRealRestic {
  private func refusal(_ restic: ResticBinary, _ location: String) async throws -> Bool {
    let folder = try TemporaryFolder("locations")
    let result = try await restic.run(
      ["--repo", location, "list", "locks", "--no-lock"], repository: nil,
      // No program but restic: neither ssh nor rclone may start.
      environment: ["PATH": folder.path], timeout: .seconds(300))
    #expect(result.exitCode != 0)
    return result.stderr.contains("parsing repository location failed")
  }

  @Test("restic refuses what we refuse", arguments: ResticBinary.all)
  func refused(_ restic: ResticBinary) async throws {
    for text in LocationCase.resticRefuses + LocationCase.resticRefusesMalformed {
      #expect(try await refusal(restic, text), "\(text)")
      #expect(throws: LocationError.self) { try RepositoryLocation(parsing: text) }
    }
  }

  @Test("restic takes the local locations we take", arguments: ResticBinary.all)
  func taken(_ restic: ResticBinary) async throws {
    for location in LocationCase.local {
      #expect(try await !refusal(restic, location.text), "\(location.text)")
    }
  }

  @Test("restic takes the sftp and rclone locations we take", arguments: ResticBinary.all)
  func takenByChildren(_ restic: ResticBinary) async throws {
    let before014 = ["sftp://host:/repo"]
    for location in LocationCase.sftp + LocationCase.buckets.filter({ $0.text.hasPrefix("rclone") })
    where !before014.contains(location.text) {
      #expect(try await !refusal(restic, location.text), "\(location.text)")
    }
  }

  @Test("extended options are taken and refused alike")
  func options() async throws {
    let folder = try TemporaryFolder("options")
    let forge = try RepositoryForge(at: folder.url.appendingPathComponent("repo"))
    let cases =
      ExtendedOptionsTests.taken.map { ($0.0, true) } + ExtendedOptionsTests.refused.map { ($0.0, false) }
    for (arguments, isTaken) in cases {
      let result = try await ResticBinary.newest.run(
        ["list", "locks", "--no-lock"] + arguments.flatMap { ["-o", $0] }, repository: forge.url)
      #expect((result.exitCode == 0) == isTaken, "\(arguments): \(result.stderr)")
    }
  }
}
