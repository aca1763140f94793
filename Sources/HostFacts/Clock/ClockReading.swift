package import WallTime

/// The clocks of this machine, read together.
package struct ClockReading: Hashable, Sendable {
  /// The wall clock (`CLOCK_REALTIME`).
  package let now: UnixTime
  /// Seconds since boot with the time spent asleep counted in (`CLOCK_BOOTTIME`; macOS `mach_continuous_time`).
  package let sinceBootSeconds: Double
  /// Names the boot, and a time namespace other than the initial one, that `sinceBootSeconds` counts in: two
  /// readings can be compared by it only where their IDs are equal.
  ///
  /// `nil` where the kernel names none.
  package let bootID: String?
  package let synchronisation: ClockSynchronisation

  package init(
    now: UnixTime, sinceBootSeconds: Double, bootID: String? = nil,
    synchronisation: ClockSynchronisation = .unknown
  ) {
    self.now = now
    self.sinceBootSeconds = sinceBootSeconds
    self.bootID = bootID
    self.synchronisation = synchronisation
  }
}
