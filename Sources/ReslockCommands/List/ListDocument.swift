internal import ResticLocks

/// `list --json`: the locks in one object.
enum ListDocument {
  private static let chunkLength = 500

  /// The text as UTF-8, in pieces to be written one after the other.
  ///
  /// Written in chunks side by side: with ten thousand locks, putting the text together takes longer than opening them.
  static func pieces(
    _ inspection: Inspection, _ assessments: [Assessment], version: ResticVersion
  ) async -> [[UInt8]] {
    var head = Array(#"{"message_type":"lock_list","schema_version":1,"repository":"#.utf8)
    RepositoryDocument.json(inspection).write(to: &head)
    head += #","locks":["#.utf8
    let document = LockDocument(version: version)
    let starts = Array(stride(from: 0, to: assessments.count, by: chunkLength))
    let chunks = await withTaskGroup(of: (Int, [UInt8]).self) { group in
      for start in starts {
        let chunk = assessments[start..<min(start + chunkLength, assessments.count)]
        group.addTask { (start, text(of: chunk, document)) }
      }
      return await group.reduce(into: [Int: [UInt8]]()) { $0[$1.0] = $1.1 }
    }
    return [head] + starts.compactMap { chunks[$0] } + [Array("]}\n".utf8)]
  }

  private static func text(of assessments: ArraySlice<Assessment>, _ document: LockDocument) -> [UInt8] {
    var bytes: [UInt8] = []
    for index in assessments.indices {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      document.json(assessments[index]).write(to: &bytes)
    }
    return bytes
  }
}
