/// Who wrote a snapshot and when; nothing of what is in it (restic design document, "Snapshots").
///
/// Fields that the snapshot does not have hold Go's zero value, as in a ``LockRecord``.
package struct SnapshotRecord: Hashable, Sendable {
  /// When the backup began, by its writer's clock; `--time` sets it to anything.
  package let time: LockTime
  /// Any text, hostile until shown otherwise.
  package let hostname: String
  /// Any text, hostile until shown otherwise.
  package let username: String
  /// `restic 0.19.1`, `rustic 0.9.0`; empty before restic 0.17.
  package let programVersion: String
  package let pathCount: Int
  /// The clock of the run itself, which `--time` does not change; restic 0.17 and later.
  package let backupStart: LockTime?
  package let backupEnd: LockTime?

  package init(
    time: LockTime, hostname: String, username: String, programVersion: String = "", pathCount: Int = 0,
    backupStart: LockTime? = nil, backupEnd: LockTime? = nil
  ) {
    self.time = time
    self.hostname = hostname
    self.username = username
    self.programVersion = programVersion
    self.pathCount = pathCount
    self.backupStart = backupStart
    self.backupEnd = backupEnd
  }

  /// Reads a snapshot's JSON as leniently as restic does, as far as these fields go.
  ///
  /// - Throws: ``GoJSONError`` where Go would refuse the text.
  package static func decode(_ json: [UInt8]) throws(GoJSONError) -> SnapshotRecord {
    try json.withByteView { text throws(GoJSONError) in
      var fields = Fields()
      try GoJSON.readObject(text) { key, raw throws(GoJSONError) in try fields.set(key, to: raw) }
      return SnapshotRecord(
        time: fields.time, hostname: fields.hostname, username: fields.username,
        programVersion: fields.programVersion, pathCount: fields.pathCount, backupStart: fields.backupStart,
        backupEnd: fields.backupEnd)
    }
  }

  private struct Fields {
    var time = LockTime.missing
    var hostname = ""
    var username = ""
    var programVersion = ""
    var pathCount = 0
    var backupStart: LockTime?
    var backupEnd: LockTime?

    mutating func set(_ key: GoJSONString, to raw: ByteView) throws(GoJSONError) {
      if key.names("time") {
        time = try GoJSONValue(field: "time", raw: raw).time() ?? time
      } else if key.names("hostname") {
        hostname = try GoJSONValue(field: "hostname", raw: raw).string() ?? hostname
      } else if key.names("username") {
        username = try GoJSONValue(field: "username", raw: raw).string() ?? username
      } else if key.names("program_version") {
        programVersion = try GoJSONValue(field: "program_version", raw: raw).string() ?? programVersion
      } else if key.names("paths") {
        pathCount = try GoJSONValue(field: "paths", raw: raw).elementCount() ?? pathCount
      } else if key.names("summary") {
        var (start, end) = (backupStart, backupEnd)
        try GoJSON.readObject(within: GoJSONValue(field: "summary", raw: raw)) {
          key, raw throws(GoJSONError) in
          if key.names("backup_start") {
            start = try GoJSONValue(field: "backup_start", raw: raw).time() ?? start
          } else if key.names("backup_end") {
            end = try GoJSONValue(field: "backup_end", raw: raw).time() ?? end
          }
        }
        (backupStart, backupEnd) = (start, end)
      }
    }
  }
}
