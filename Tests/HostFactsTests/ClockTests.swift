import Foundation
import HostFacts
import Testing
import WallTime

@Suite struct ClockTests {
  @Test(
    "the kernel's answer decides whether the clock is sound",
    arguments: [
      (0, 0x2001, 1500, .synchronised(maximumErrorSeconds: 0.0015)),
      (1, 0x2011, 0, .synchronised(maximumErrorSeconds: 0)),  // a leap second is announced
      (0, 0, -1, .synchronised(maximumErrorSeconds: 0)),
      (0, 0x2001, 16_000_000, .synchronised(maximumErrorSeconds: 16)),
      (5, 0x40, 16_000_000, .unsynchronised),
      (5, 0x2001, 0, .unsynchronised),
      (0, 0x41, 0, .unsynchronised),
      (-1, 0, 0, .unknown),
      (-1, 0x40, 0, .unknown),
    ] as [(Int32, Int32, Int64, ClockSynchronisation)])
  func synchronisation(state: Int32, status: Int32, error: Int64, expected: ClockSynchronisation) {
    #expect(
      ClockSynchronisation(state: state, status: status, maximumErrorMicroseconds: error) == expected)
  }

  @Test("the system's clocks are read together and move on")
  func system() throws {
    let first = HostClock.system.read()
    let reference = Date().timeIntervalSince1970
    let second = HostClock.system.read()
    #expect(abs(Double(first.now.seconds) - reference) < 600)
    #expect(second.now >= first.now)
    #expect(second.sinceBootSeconds >= first.sinceBootSeconds)
    #expect(first.sinceBootSeconds > 0)
    #expect(first.bootID == second.bootID)
    #if os(Linux)
      let uptime = try String(contentsOfFile: "/proc/uptime", encoding: .utf8).split(separator: " ").first
      #expect(abs(first.sinceBootSeconds - (Double(try #require(uptime)) ?? 0)) < 600)
      let bootID = try String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
      #expect(first.bootID == bootID.trimmingCharacters(in: .whitespacesAndNewlines))
    #endif
  }
}
