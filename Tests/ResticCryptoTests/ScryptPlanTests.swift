import Testing

@testable import ResticCrypto

@Suite("scrypt plan")
struct ScryptPlanTests {
  // N=32768 r=8: 32 MiB of V and 2 KiB of X for a lane, 1 KiB of blocks for each of p.
  private static let laneByteCount = (32 << 20) + 2048

  @Test(
    "spreads lanes over processors first, then over a vector",
    arguments: [
      (p: 6, processors: 1, laneCount: 4, workers: 1),
      (p: 6, processors: 2, laneCount: 3, workers: 2),
      (p: 6, processors: 4, laneCount: 2, workers: 3),
      (p: 6, processors: 64, laneCount: 1, workers: 6),
      (p: 1, processors: 2, laneCount: 1, workers: 1),
      (p: 16, processors: 2, laneCount: 4, workers: 2),
      (p: 6, processors: 0, laneCount: 4, workers: 1),
    ])
  func widths(p: Int, processors: Int, laneCount: Int, workers: Int) throws {
    let plan = try ScryptPlan(
      parameters: ScryptParameters(N: 32768, r: 8, p: p), limits: .standard, processorCount: processors)
    #expect(plan.laneCount == laneCount)
    #expect(plan.workerCount == workers)
  }

  @Test(
    "keeps within the memory limit, one lane being the least",
    arguments: [
      (lanesThatFit: 1, laneCount: 1, workers: 1), (lanesThatFit: 2, laneCount: 1, workers: 2),
      (lanesThatFit: 3, laneCount: 1, workers: 2), (lanesThatFit: 4, laneCount: 2, workers: 2),
      (lanesThatFit: 7, laneCount: 3, workers: 2),
    ])
  func memory(lanesThatFit: Int, laneCount: Int, workers: Int) throws {
    let limit = 6 * 1024 + lanesThatFit * Self.laneByteCount
    let parameters = try ScryptParameters(N: 32768, r: 8, p: 6)
    let plan = try ScryptPlan(
      parameters: parameters, limits: ScryptLimits(memoryByteCount: limit, coreCallCount: .max),
      processorCount: 2)
    #expect(plan.laneCount == laneCount)
    #expect(plan.workerCount == workers)
    let workerByteCount = ScryptPlan.workerByteCount(parameters, laneCount: plan.laneCount)
    #expect(ScryptPlan.blocksByteCount(parameters) + plan.workerCount * workerByteCount <= limit)
  }

  @Test("never exceeds the memory limit", arguments: 1...12)
  func memoryBound(p: Int) throws {
    let parameters = try ScryptParameters(N: 64, r: 8, p: p)
    let least = ScryptPlan.blocksByteCount(parameters) + ScryptPlan.workerByteCount(parameters, laneCount: 1)
    for limit in stride(from: least, to: least + 800_000, by: 10_007) {
      for processorCount in 1...9 {
        let plan = try ScryptPlan(
          parameters: parameters, limits: ScryptLimits(memoryByteCount: limit, coreCallCount: .max),
          processorCount: processorCount)
        let used = plan.workerCount * ScryptPlan.workerByteCount(parameters, laneCount: plan.laneCount)
        #expect(plan.workerCount >= 1 && plan.workerCount <= processorCount)
        #expect(plan.laneCount >= 1 && plan.laneCount <= 4)
        #expect(ScryptPlan.blocksByteCount(parameters) + used <= limit)
      }
    }
  }

  @Test("refuses a limit that is negative or nothing", arguments: [0, -1, Int.min])
  func noMemory(limit: Int) throws {
    let parameters = try ScryptParameters(N: 16, r: 1, p: 1)
    #expect(throws: ScryptError.memoryLimit(neededByteCount: 2048 + 256 + 128, allowedByteCount: limit)) {
      try ScryptPlan(
        parameters: parameters, limits: ScryptLimits(memoryByteCount: limit, coreCallCount: .max),
        processorCount: 2)
    }
  }
}
