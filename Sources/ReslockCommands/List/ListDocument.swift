internal import ResticLocks

/// `list --json`: the locks in one object.
enum ListDocument {
  /// The text as UTF-8, put together a lock at a time so that ten thousand of them need little memory.
  static func bytes(_ inspection: Inspection, _ assessments: [Assessment], version: ResticVersion) -> [UInt8]
  {
    var bytes = Array(#"{"message_type":"lock_list","schema_version":1,"repository":"#.utf8)
    RepositoryDocument.json(inspection).write(to: &bytes)
    bytes += #","locks":["#.utf8
    for (index, assessment) in assessments.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      LockDocument.json(assessment, version: version).write(to: &bytes)
    }
    bytes += "]}\n".utf8
    return bytes
  }
}
