import Foundation
import ResticFormat
import TestSupport
import Testing
import WallTime

/// Bundles that hold what `unlock` took away although it was no sound lock.
@Suite("An evidence bundle of removed files")
struct BundleOfRemovalsTests {
  /// Checks the bundle with the key and without, and that a flipped bit in each removed file is found and named.
  private func check(
    _ audit: WrittenAudit, of repository: ScenarioRepository, removed: Set<String>
  ) async throws {
    for location in [repository.url, nil] {
      let result = try await ReslockBinary.run(
        ["audit", "verify", audit.bundle.path], repository: location,
        password: location == nil ? nil : TestEnvironment.fixturePassword)
      #expect(result.exitCode == 0, "\(result.what)\(result.stdout)")
    }
    let bytes = try Data(contentsOf: audit.bundle)
    var seen: Set<String> = []
    for start in stride(from: 0, to: bytes.count, by: 512) {
      let block = bytes[start..<start + 512]
      guard block[(start + 257)...].starts(with: Data("ustar".utf8)) else { continue }
      let name = String(decoding: block.prefix { $0 != 0 }, as: UTF8.self)
      guard name.hasPrefix("removed/") else { continue }
      seen.insert(String(name.dropFirst("removed/".count)))
      let isEmpty = block[(start + 124)..<(start + 135)].allSatisfy { $0 == UInt8(ascii: "0") }
      var changed = bytes
      // Of an empty file there is only the header.
      changed[start + (isEmpty ? 140 : 512 + 3)] ^= 1
      let path = repository.folder.path("changed.tar")
      try changed.write(to: URL(fileURLWithPath: path))
      let result = try await ReslockBinary.run(["audit", "verify", path], password: nil)
      #expect(result.exitCode == 1 && result.stdout.contains("\(name): "), "\(name): \(result.stdout)")
    }
    #expect(seen == removed)
  }

  private func bundles(
    of repository: ScenarioRepository, removed: Set<String>
  ) async throws {
    let audit = try await WrittenAudit.make(of: repository)
    try await check(audit, of: repository, removed: removed)
    let blind = try await WrittenAudit.make(of: repository, password: nil, exitCode: 12)
    try await check(blind, of: repository, removed: removed)
    let compared = try await ReslockBinary.run(
      ["audit", "compare", audit.bundle.path, blind.bundle.path], password: nil)
    #expect(compared.exitCode == 0, "\(compared.what)")
  }

  @Test("after unlock --damaged it is whole: misnamed, foreign, cut off, empty and half uploaded files")
  func damaged() async throws {
    let repository = try ScenarioRepository()
    let old = UnixTime(seconds: Int64(Date().timeIntervalSince1970) - 3 * 86_400)
    let other = ObjectID(hashOf: Array("other".utf8)).hex
    let foreign = Array(repeating: UInt8(7), count: 150)
    let empty = ObjectID(hashOf: Array("empty".utf8)).hex
    let short: [UInt8] = [1, 2, 3]
    let upload = "\(other)-tmp-4711"
    for (name, bytes) in [
      (other, Array(repeating: UInt8(8), count: 150)), (ObjectID(hashOf: foreign).hex, foreign), (empty, []),
      (ObjectID(hashOf: short).hex, short), (upload, short),
    ] { try repository.forge.addRawFile(inLocks: name, bytes: bytes, modified: old) }
    let names = repository.lockNames
    let answer = try await Unlocking(repository).unlock(["--damaged", "--yes"])
    #expect(answer.ids("removed") == names.union([upload]), "\(answer.locks)")
    // What is no lock's name is kept under the hash of its name.
    try await bundles(of: repository, removed: names.union([ObjectID(hashOf: Array(upload.utf8)).hex]))
  }

  @Test("after a removal by force of a misnamed and an empty file it is whole")
  func forced() async throws {
    let repository = try ScenarioRepository()
    let misnamed = ObjectID(hashOf: Array("misnamed".utf8)).hex
    try repository.forge.addLock(ForgedLock(hostname: "elsewhere"), name: misnamed)
    let empty = ObjectID(hashOf: Array("empty".utf8)).hex
    try repository.forge.addRawFile(inLocks: empty, bytes: [])
    for id in [misnamed, empty] {
      let answer = try await Unlocking(repository).unlock(["--id", id, "--force", "--yes"])
      #expect(answer.ids("removed") == [id], "\(answer.locks)")
    }
    try await bundles(of: repository, removed: [misnamed, empty])
  }
}
