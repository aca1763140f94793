internal import CScrypt
internal import Synchronization

/// scryptROMix (RFC 7914, section 5) of the lanes of one derivation.
///
/// `blocks` holds the block B of every lane, and after `mix` what scryptROMix made of it.
final class ScryptLanes: Sendable {
  private let parameters: ScryptParameters
  private let kernel: ScryptKernel
  private let blocks: ScryptMemory
  private let nextLane = Atomic<Int>(0)

  /// Calls of the Salsa20/8 core between two looks at the task's cancellation: a few milliseconds.
  private static let coreCallsBetweenChecks = 32768

  init(parameters: ScryptParameters, kernel: ScryptKernel, blocks: ScryptMemory) {
    self.parameters = parameters
    self.kernel = kernel
    self.blocks = blocks
  }

  /// Mixes all lanes; to be called once.
  ///
  /// - Throws: `ScryptError`: `.cancelled`, or `.outOfMemory` when no worker has memory for a single lane. The
  ///   blocks are then of no use.
  func mix(plan: ScryptPlan) async throws(ScryptError) {
    let errors = await withTaskGroup(of: ScryptError?.self) { group in
      for _ in 0..<plan.workerCount {
        group.addTask { await self.work(laneCount: plan.laneCount) }
      }
      return await group.reduce(into: []) { errors, error in errors.append(error) }
    }
    if errors.contains(.cancelled) { throw .cancelled }
    // A worker that ended well left no lane undone, whatever became of the others.
    if !errors.contains(nil), let error = errors.compactMap(\.self).first { throw error }
  }

  /// Mixes lanes until none is left, then gives nil.
  private func work(laneCount: Int) async -> ScryptError? {
    var laneCount = laneCount
    var memory = workerMemory(laneCount: laneCount)
    while memory == nil, laneCount > 1 {
      laneCount -= 1
      memory = workerMemory(laneCount: laneCount)
    }
    guard let memory else {
      return .outOfMemory(byteCount: ScryptPlan.workerByteCount(parameters, laneCount: 1))
    }
    while true {
      let first = nextLane.add(laneCount, ordering: .relaxed).oldValue
      guard first < parameters.p else { return nil }
      let lanes = first..<min(first + laneCount, parameters.p)
      guard await mix(lanes, in: memory) else { return .cancelled }
    }
  }

  private func workerMemory(laneCount: Int) -> ScryptMemory? {
    ScryptMemory(byteCount: ScryptPlan.workerByteCount(parameters, laneCount: laneCount))
  }

  /// Mixes neighbouring lanes at once; false when the task was cancelled meanwhile.
  private func mix(_ lanes: Range<Int>, in memory: ScryptMemory) async -> Bool {
    unsafe withRomix(of: lanes, in: memory) { romix in unsafe cscrypt_romix_begin(&romix) }
    let stepCount = UInt64(2 * parameters.N)
    let stepsBetweenChecks = UInt64(max(Self.coreCallsBetweenChecks / (2 * parameters.r), 1))
    for first in stride(from: 0, to: stepCount, by: Int(stepsBetweenChecks)) {
      guard !Task.isCancelled else { return false }
      unsafe withRomix(of: lanes, in: memory) { romix in
        unsafe cscrypt_romix_run(&romix, first, min(first + stepsBetweenChecks, stepCount))
      }
      // Else this task would keep its thread, of which there are as few as processors, from all others.
      await Task.yield()
    }
    unsafe withRomix(of: lanes, in: memory) { romix in unsafe cscrypt_romix_end(&romix) }
    return true
  }

  private func withRomix(of lanes: Range<Int>, in memory: ScryptMemory, _ body: (inout cscrypt_romix) -> Void)
  {
    let offset = 128 * parameters.r * lanes.lowerBound
    var romix = unsafe cscrypt_romix(
      memory: memory.address,
      blocks: blocks.address.advanced(by: offset).assumingMemoryBound(to: UInt8.self),
      N: UInt64(parameters.N), r: parameters.r, lane_count: lanes.count, kernel: kernel.cKernel)
    unsafe body(&romix)
  }
}
