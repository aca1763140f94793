#if canImport(Glibc)
  internal import Glibc
  internal import WallTime

  /// When a process or thread started, as its `stat` tells: in clock ticks after boot.
  struct ProcessStart {
    let sinceBootSeconds: Double
    let wallTime: UnixTime
    let agoSeconds: Double

    private static let ticksPerSecond: Double = {
      let ticks = sysconf(Int32(_SC_CLK_TCK))
      return ticks > 0 ? Double(ticks) : 100
    }()

    /// The wall time comes from both clocks of `clock`, not from the boot time of `/proc/stat`, which is cut to whole
    /// seconds and may be another container's invention.
    init(ticks: Int64, clock: ClockReading) {
      sinceBootSeconds = Double(ticks) / Self.ticksPerSecond
      wallTime = clock.now.adding(seconds: sinceBootSeconds - clock.sinceBootSeconds)
      agoSeconds = max(0, clock.sinceBootSeconds - sinceBootSeconds)
    }

    init?(_ folder: borrowing OpenFolder, clock: ClockReading) {
      guard let bytes = try? folder.bytes("stat", byteLimit: 4096), let ticks = StatRecord(bytes)?.startTicks
      else {
        return nil
      }
      self.init(ticks: ticks, clock: clock)
    }
  }
#endif
