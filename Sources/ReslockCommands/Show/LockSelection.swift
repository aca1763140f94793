internal import ResticLocks

/// Finds locks by what people type: any unambiguous beginning of an ID.
enum LockSelection {
  static func find(_ prefix: String, in assessments: [Assessment]) throws(LockSelectionError) -> Assessment {
    let wanted = prefix.lowercased()
    let matches = assessments.filter { $0.lock.name == prefix || $0.lock.name.lowercased().hasPrefix(wanted) }
    if let exact = matches.first(where: { $0.lock.name == prefix }) { return exact }
    guard let match = matches.first, !prefix.isEmpty else { throw .noMatch(prefix) }
    guard matches.count == 1 else {
      throw .ambiguous(prefix, names: matches.prefix(5).map { $0.lock.name }, count: matches.count)
    }
    return match
  }
}

enum LockSelectionError: Error, CustomStringConvertible {
  case noMatch(String)
  case ambiguous(String, names: [String], count: Int)

  var description: String {
    switch self {
    case .noMatch(let prefix):
      "no lock begins with \(TerminalText.short(prefix, characterLimit: 70)); see reslock list for those there are"
    case .ambiguous(let prefix, let names, let count):
      "\(count) locks begin with \(TerminalText.short(prefix, characterLimit: 70)): "
        + names.map { TerminalText.short($0, characterLimit: 16) }.joined(separator: " ")
        + "; type more of the ID"
    }
  }
}
