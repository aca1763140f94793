internal import WallTime

#if canImport(Glibc)
  internal import CKernel
  internal import Glibc

  extension HostClock {
    /// The clocks of this machine: `CLOCK_REALTIME`, `CLOCK_BOOTTIME` and adjtimex(2), which is only asked.
    package static let system = HostClock {
      var wall = timespec()
      var boot = timespec()
      clock_gettime(CLOCK_BOOTTIME, &boot)
      clock_gettime(CLOCK_REALTIME, &wall)
      var kernel = timex()
      let state = adjtimex(&kernel)
      return ClockReading(
        now: UnixTime(seconds: Int64(wall.tv_sec), nanoseconds: Int32(truncatingIfNeeded: wall.tv_nsec)),
        sinceBootSeconds: Double(boot.tv_sec) + Double(boot.tv_nsec) / 1e9,
        bootID: bootID,
        synchronisation: ClockSynchronisation(
          state: state, status: kernel.status, maximumErrorMicroseconds: Int64(kernel.maxerror)))
    }

    /// Asked once, as no process outlives a boot or leaves its time namespace.
    private static let bootID: String? = readBootID()

    private static func readBootID() -> String? {
      guard let processes = try? OpenFolder(path: "/proc"),
        let bytes = try? processes.bytes("sys/kernel/random/boot_id", byteLimit: 128)
      else { return nil }
      let id = ByteText.string(ByteText.trimmed(bytes))
      guard !id.isEmpty else { return nil }
      // A time namespace counts from a boot of its own.
      guard let namespace = try? processes.linkTarget("self/ns/time"), namespace != initialTimeNamespace
      else {
        return id
      }
      return "\(id) \(namespace)"
    }
  }
#elseif canImport(Darwin)
  internal import CKernel
  internal import Darwin

  extension HostClock {
    /// The clocks of this machine: `CLOCK_REALTIME`, `mach_continuous_time` and ntp_adjtime(2), which is only asked.
    package static let system = HostClock {
      var wall = timespec()
      clock_gettime(CLOCK_REALTIME, &wall)
      var base = mach_timebase_info_data_t()
      mach_timebase_info(&base)
      let ticks = mach_continuous_time()
      var kernel = timex()
      let state = ntp_adjtime(&kernel)
      return ClockReading(
        now: UnixTime(seconds: Int64(wall.tv_sec), nanoseconds: Int32(truncatingIfNeeded: wall.tv_nsec)),
        sinceBootSeconds: Double(ticks) * Double(base.numer) / Double(max(base.denom, 1)) / 1e9,
        bootID: DarwinControl.string("kern.bootsessionuuid"),
        synchronisation: ClockSynchronisation(
          state: state, status: kernel.status, maximumErrorMicroseconds: Int64(kernel.maxerror)))
    }
  }
#endif
