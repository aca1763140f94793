internal import WallTime

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// This machine's clock.
enum SystemTime {
  @Sendable static func now() -> UnixTime {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return UnixTime(seconds: Int64(now.tv_sec), nanoseconds: Int32(now.tv_nsec))
  }
}
