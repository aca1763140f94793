/// What a lock says about its holder (restic design document, "Locks").
///
/// A field that the lock does not have holds Go's zero value: restic omits `uid` and `gid` when they are 0, and
/// reads a missing time as year 1.
package struct LockRecord: Hashable, Sendable {
  /// The last refresh, not the start.
  package let time: LockTime
  package let isExclusive: Bool
  /// As written by the holder; any text, hostile until shown otherwise.
  package let hostname: String
  /// As written by the holder; any text, may be empty or `DOMAIN\user`.
  package let username: String
  package let pid: Int64
  package let uid: UInt32
  package let gid: UInt32

  package init(
    time: LockTime, isExclusive: Bool, hostname: String, username: String, pid: Int64, uid: UInt32,
    gid: UInt32
  ) {
    self.time = time
    self.isExclusive = isExclusive
    self.hostname = hostname
    self.username = username
    self.pid = pid
    self.uid = uid
    self.gid = gid
  }

  /// Reads a lock's JSON exactly as leniently as restic does.
  ///
  /// `{}` and `null` are locks with every field missing, and no error.
  ///
  /// - Throws: ``GoJSONError`` where Go would refuse the text.
  package static func decode(_ json: [UInt8]) throws(GoJSONError) -> LockRecord {
    try json.withByteView { text throws(GoJSONError) in
      var fields = Fields()
      try GoJSON.readObject(text) { key, raw throws(GoJSONError) in try fields.set(key, to: raw) }
      return LockRecord(
        time: fields.time, isExclusive: fields.isExclusive, hostname: fields.hostname,
        username: fields.username, pid: fields.pid, uid: fields.uid, gid: fields.gid)
    }
  }

  private struct Fields {
    var time = LockTime.missing
    var isExclusive = false
    var hostname = ""
    var username = ""
    var pid: Int64 = 0
    var uid: UInt32 = 0
    var gid: UInt32 = 0

    mutating func set(_ key: GoJSONString, to raw: ByteView) throws(GoJSONError) {
      if key.names("time") {
        time = try GoJSONValue(field: "time", raw: raw).time() ?? time
      } else if key.names("exclusive") {
        isExclusive = try GoJSONValue(field: "exclusive", raw: raw).bool() ?? isExclusive
      } else if key.names("hostname") {
        hostname = try GoJSONValue(field: "hostname", raw: raw).string() ?? hostname
      } else if key.names("username") {
        username = try GoJSONValue(field: "username", raw: raw).string() ?? username
      } else if key.names("pid") {
        pid = try GoJSONValue(field: "pid", raw: raw).int64() ?? pid
      } else if key.names("uid") {
        uid = try GoJSONValue(field: "uid", raw: raw).uint32() ?? uid
      } else if key.names("gid") {
        gid = try GoJSONValue(field: "gid", raw: raw).uint32() ?? gid
      }
    }
  }
}
