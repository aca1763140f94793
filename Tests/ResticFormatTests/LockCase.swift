import Foundation
import ResticFormat
import Testing
import WallTime

/// A lock's JSON and what restic makes of it.
struct LockCase: Sendable, CustomTestStringConvertible {
  enum Expectation: Sendable {
    case refused
    case accepted(Fields)
  }

  /// What restic reads, Go's zero values where the JSON has nothing.
  struct Fields: Sendable {
    var time = "0001-01-01T00:00:00Z"
    /// `time` in UTC, to the nanosecond.
    var instant = "0001-01-01T00:00:00Z"
    var isExclusive = false
    var hostname = ""
    var username = ""
    var pid: Int64 = 0
    var uid: UInt32 = 0
    var gid: UInt32 = 0

    var record: LockRecord {
      LockRecord(
        time: LockTime(text: time, instant: unixTime(instant) ?? UnixTime(seconds: .min)),
        isExclusive: isExclusive, hostname: hostname, username: username, pid: pid, uid: uid, gid: gid)
    }
  }

  let name: String
  let json: [UInt8]
  let expectation: Expectation
  /// Before Go 1.20 (restic 0.14) it was otherwise; the newest is what counts.
  var isOtherwiseInGo119 = false
  /// Read, but from Go 1.20 on not printed: its offset has 24 hours or more.
  var isUnprintable = false

  var testDescription: String { name }

  static func accepted(_ name: String, _ json: String, _ change: (inout Fields) -> Void = { _ in })
    -> LockCase
  {
    accepted(name, Array(json.utf8), change)
  }

  static func accepted(_ name: String, _ json: [UInt8], _ change: (inout Fields) -> Void = { _ in })
    -> LockCase
  {
    var fields = Fields()
    change(&fields)
    return LockCase(name: name, json: json, expectation: .accepted(fields))
  }

  static func refused(_ name: String, _ json: String) -> LockCase { refused(name, Array(json.utf8)) }

  static func refused(_ name: String, _ json: [UInt8]) -> LockCase {
    LockCase(name: name, json: json, expectation: .refused)
  }

  /// A lock with nothing but a time: its raw text, and the same instant in UTC or `nil` where it is refused.
  static func time(_ name: String, _ text: String, _ instant: String?) -> LockCase {
    let json = Array(#"{"time":"\#(text)"}"#.utf8)
    guard let instant else { return refused("time: \(name)", json) }
    return accepted("time: \(name)", json) {
      $0.time = text
      $0.instant = instant
    }
  }

  func unprintable() -> LockCase {
    var copy = self
    copy.isUnprintable = true
    return copy
  }

  func otherwiseInGo119() -> LockCase {
    var copy = self
    copy.isOtherwiseInGo119 = true
    return copy
  }
}

/// The instant of strict RFC 3339, by the C library: independent of the code under test.
func unixTime(_ text: String) -> UnixTime? {
  let pattern = /(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d):(\d\d))/
  guard let match = text.wholeMatch(of: pattern) else { return nil }
  var parts = tm()
  parts.tm_year = (Int32(match.1) ?? 0) - 1900
  parts.tm_mon = (Int32(match.2) ?? 0) - 1
  parts.tm_mday = Int32(match.3) ?? 0
  parts.tm_hour = Int32(match.4) ?? 0
  parts.tm_min = Int32(match.5) ?? 0
  parts.tm_sec = Int32(match.6) ?? 0
  let offset = (Int(match.9 ?? "0") ?? 0) * 3600 + (Int(match.10 ?? "0") ?? 0) * 60
  let fraction = String(match.7 ?? "").padding(toLength: 9, withPad: "0", startingAt: 0)
  return UnixTime(
    seconds: Int64(timegm(&parts) - (match.8 == "-" ? -offset : offset)), nanoseconds: Int32(fraction) ?? 0)
}
