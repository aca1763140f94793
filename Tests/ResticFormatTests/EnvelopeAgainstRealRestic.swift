import Foundation
import ResticFormat
import TestSupport
import Testing

@Suite("The table of envelopes is what real restic makes of them")
struct EnvelopeAgainstRealRestic {
  @Test("each case", arguments: ResticBinary.all)
  func agrees(_ restic: ResticBinary) async throws {
    let folder = try TemporaryFolder("envelopes")
    let forges = try [1, 2].map { version in
      try RepositoryForge(at: folder.url.appendingPathComponent("version-\(version)"), version: version)
    }
    try await forEach(EnvelopeCase.all, width: 3) { lock in
      let forge = forges[lock.version - 1]
      let id = try forge.addLock(plaintext: lock.plaintext)
      let answer = try await CatLock(restic, id, at: forge.url)
      #expect((answer == .refused) == (lock.defect != nil), "\(lock.testDescription)")
    }
  }
}
