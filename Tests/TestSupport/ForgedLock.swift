package import ResticFormat

/// The fields of a lock to be forged; what is nil is left out of its JSON.
package struct ForgedLock: Sendable {
  package var time: String?
  package var isExclusive: Bool?
  package var hostname: String?
  package var username: String?
  package var pid: Int64?
  package var uid: UInt32?
  package var gid: UInt32?

  package init(
    time: String? = "2026-11-22T20:00:00.123456789+01:00", isExclusive: Bool? = false,
    hostname: String? = "web1.example.org", username: String? = "root", pid: Int64? = 4711,
    uid: UInt32? = nil, gid: UInt32? = nil
  ) {
    self.time = time
    self.isExclusive = isExclusive
    self.hostname = hostname
    self.username = username
    self.pid = pid
    self.uid = uid
    self.gid = gid
  }

  /// The fields of `record`, `uid` and `gid` left out where they are 0, as restic does.
  package init(_ record: LockRecord) {
    self.init(
      time: record.time.text, isExclusive: record.isExclusive, hostname: record.hostname,
      username: record.username, pid: record.pid, uid: record.uid == 0 ? nil : record.uid,
      gid: record.gid == 0 ? nil : record.gid)
  }

  /// The JSON in restic's order of fields.
  package var json: [UInt8] {
    let members: [String?] = [
      time.map { "\"time\":\(Self.quoted($0))" }, isExclusive.map { "\"exclusive\":\($0)" },
      hostname.map { "\"hostname\":\(Self.quoted($0))" }, username.map { "\"username\":\(Self.quoted($0))" },
      pid.map { "\"pid\":\($0)" }, uid.map { "\"uid\":\($0)" }, gid.map { "\"gid\":\($0)" },
    ]
    return Array("{\(members.compactMap { $0 }.joined(separator: ","))}".utf8)
  }

  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": quoted += "\\\(scalar)"
      case "\u{0}"..."\u{1F}":
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
