import Testing
import WallTime

@Suite("Points in time and their text")
struct UnixTimeTextTests {
  @Test(
    "RFC 3339 text is in UTC and says no more digits than there are",
    arguments: [
      (UnixTime(seconds: 0), "1970-01-01T00:00:00Z"),
      (UnixTime(seconds: 951_782_400), "2000-02-29T00:00:00Z"),
      (UnixTime(seconds: 1_795_377_241, nanoseconds: 500_000_000), "2026-11-22T19:54:01.5Z"),
      (UnixTime(seconds: -62_135_596_800), "0001-01-01T00:00:00Z"),
      (UnixTime(seconds: -1, nanoseconds: 1), "1969-12-31T23:59:59.000000001Z"),
      (UnixTime(seconds: 253_402_300_799), "9999-12-31T23:59:59Z"),
      (UnixTime(seconds: .max), "9999-12-31T23:59:59Z"),
      (UnixTime(seconds: .min), "0000-01-01T00:00:00Z"),
    ])
  func rfc3339(time: UnixTime, text: String) {
    #expect(time.rfc3339 == text)
  }

  @Test("local text never traps, whatever the time", arguments: [Int64.min, -62_135_596_800, 0, .max])
  func localText(seconds: Int64) {
    #expect(!UnixTime(seconds: seconds).localText.isEmpty)
  }

  @Test(
    "an age shows its two largest units",
    arguments: [
      (0.0, "0s"), (0.9, "0s"), (59.9, "59s"), (60, "1m"), (725, "12m 5s"), (3600, "1h"),
      (263_526, "3d 1h"), (86_400 * 400.0, "400d"), (-90, "-1m 30s"), (.infinity, "unknown"),
      (.nan, "unknown"), (1e300, "11574074074d 1h"),
    ])
  func ages(seconds: Double, text: String) {
    #expect(AgeText.text(seconds: seconds) == text)
  }

  @Test("differences and sums keep the nanoseconds and never overflow")
  func arithmetic() {
    let time = UnixTime(seconds: 10, nanoseconds: 250_000_000)
    #expect(time.adding(seconds: 0.75) == UnixTime(seconds: 11))
    #expect(time.adding(seconds: -10.25) == UnixTime(seconds: 0))
    #expect(time.secondsSince(UnixTime(seconds: 10)) == 0.25)
    #expect(UnixTime(seconds: .min).secondsSince(UnixTime(seconds: .max)) < -1e18)
    #expect(UnixTime(seconds: .max).adding(seconds: .infinity).seconds == .max)
  }
}
