import Foundation
import FuzzTargets
import TestSupport
import Testing

extension FuzzTarget: CustomTestStringConvertible {
  package var testDescription: String { name }
}

@Suite("Parsers of foreign bytes", .timeLimit(.minutes(15)))
struct CorpusTests {
  @Test("every seed is read without a trap", arguments: FuzzTarget.all)
  func seeds(target: FuzzTarget) throws {
    for seed in try Self.seeds(of: target) { target.run(seed) }
  }

  @Test("a seed cut anywhere is read without a trap", arguments: FuzzTarget.all)
  func cutSeeds(target: FuzzTarget) throws {
    for seed in try Self.seeds(of: target) {
      for byteCount in 0..<seed.count { target.run(Array(seed.prefix(byteCount))) }
    }
  }

  @Test("a seed with bytes changed, dropped or put in is read without a trap", arguments: FuzzTarget.all)
  func mutatedSeeds(target: FuzzTarget) throws {
    var random = LinearGenerator(state: 1)
    for seed in try Self.seeds(of: target) {
      for _ in 0..<100 { target.run(Self.mutated(seed, &random)) }
    }
  }

  @Test("each folder of seeds belongs to a target")
  func folders() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: Self.corpora.path)
    #expect(Set(names) == Set(FuzzTarget.all.map(\.name)))
  }

  private static let corpora = TestEnvironment.fixtures.appendingPathComponent("fuzz")

  private static func seeds(of target: FuzzTarget) throws -> [[UInt8]] {
    let folder = corpora.appendingPathComponent(target.name)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    try #require(!names.isEmpty)
    return try names.map { try Array(Data(contentsOf: folder.appendingPathComponent($0))) }
  }

  private static func mutated(_ seed: [UInt8], _ random: inout LinearGenerator) -> [UInt8] {
    var bytes = seed
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      let index = Int.random(in: 0...bytes.count, using: &random)
      switch Int.random(in: 0..<3, using: &random) {
      case 0 where index < bytes.count: bytes[index] = .random(in: 0...255, using: &random)
      case 1 where index < bytes.count: bytes.remove(at: index)
      default: bytes.insert(.random(in: 0...255, using: &random), at: index)
      }
    }
    return bytes
  }
}

/// The same sequence in each run, so that a failure comes again (Knuth's MMIX constants).
private struct LinearGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    // The low bits of such a generator have short periods.
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    let high = state >> 32
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return high << 32 | state >> 32
  }
}
