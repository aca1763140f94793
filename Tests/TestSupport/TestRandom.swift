internal import Synchronization

/// Bytes for keys, salts and nonces of forged repositories: the same ones again for the same seed.
package final class TestRandom: Sendable {
  private let state: Mutex<UInt64>

  /// Without a seed, the system's randomness.
  package init(seed: UInt64? = nil) {
    state = Mutex(seed ?? UInt64.random(in: .min ... .max))
  }

  package func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8(truncatingIfNeeded: next() >> 32) }
  }

  /// SplitMix64.
  package func next() -> UInt64 {
    state.withLock { state in
      state &+= 0x9E37_79B9_7F4A_7C15
      var mixed = state
      mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return mixed ^ (mixed >> 31)
    }
  }
}
