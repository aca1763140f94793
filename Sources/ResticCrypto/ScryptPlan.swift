internal import CScrypt

/// How the lanes of a derivation are shared out: lanes computed at once by each worker, and workers.
struct ScryptPlan: Hashable {
  /// Lanes that one worker computes at once, interleaved.
  var laneCount: Int
  /// Workers that run side by side, each with memory of its own.
  var workerCount: Int

  /// The widest sharing that the limits allow; the lanes go to different processors first, then into one vector.
  ///
  /// - Throws: `ScryptError`: `.memoryLimit` when not even one lane fits, `.workLimit`.
  init(
    parameters: ScryptParameters, limits: ScryptLimits, processorCount: Int
  ) throws(ScryptError) {
    let blocks = Self.blocksByteCount(parameters)
    let oneLane = Self.workerByteCount(parameters, laneCount: 1)
    guard blocks + oneLane <= limits.memoryByteCount else {
      throw .memoryLimit(neededByteCount: blocks + oneLane, allowedByteCount: limits.memoryByteCount)
    }
    guard parameters.coreCallCount <= limits.coreCallCount else {
      throw .workLimit(
        neededCoreCallCount: parameters.coreCallCount, allowedCoreCallCount: limits.coreCallCount)
    }
    let available = limits.memoryByteCount - blocks
    let processors = min(max(processorCount, 1), parameters.p)
    let lanesThatFit = available / oneLane

    var laneCount = min(
      Self.ceilingOfQuotient(parameters.p, processors), ScryptKernel.maximumLaneCount,
      max(lanesThatFit / processors, 1))
    while laneCount > 1, Self.workerByteCount(parameters, laneCount: laneCount) > available / processors {
      laneCount -= 1
    }
    let groupCount = Self.ceilingOfQuotient(parameters.p, laneCount)
    self.laneCount = laneCount
    self.workerCount = min(
      processors, groupCount, available / Self.workerByteCount(parameters, laneCount: laneCount))
  }

  /// The bytes of the blocks B of all lanes.
  static func blocksByteCount(_ parameters: ScryptParameters) -> Int { 128 * parameters.r * parameters.p }

  /// The bytes that a worker needs for `laneCount` lanes at once: V of each, and X twice.
  static func workerByteCount(_ parameters: ScryptParameters, laneCount: Int) -> Int {
    cscrypt_memory_byte_count(UInt64(parameters.N), parameters.r, laneCount)
  }

  private static func ceilingOfQuotient(_ dividend: Int, _ divisor: Int) -> Int {
    (dividend + divisor - 1) / divisor
  }
}
