extension ResticOperation {
  /// The operation that a person names: a command and the flags that change its lock, in any order and spacing,
  /// `-n` for `--dry-run`, a former name where it still is a command.
  ///
  /// - Throws: ``ResticOperationError/unknown(name:near:)``. A command that some version lacks is no error here.
  package static func named(_ text: String) throws(ResticOperationError) -> ResticOperation {
    let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
    let arguments = words.first == "restic" ? Array(words.dropFirst()) : words
    let spelling = arguments.map { $0 == "-n" ? "--dry-run" : $0 }.filter { $0 != "--no-lock" }
    guard let match = all.first(where: { $0.isSpelled(spelling) }) else {
      throw .unknown(name: words.joined(separator: " "), near: nearNames(spelling))
    }
    return arguments.contains("--no-lock") ? match.withoutLock : match
  }

  private func isSpelled(_ arguments: [String]) -> Bool {
    let plain = arguments.filter { !$0.hasPrefix("-") }.joined(separator: " ")
    let dashed = Set(arguments.filter { $0.hasPrefix("-") })
    return plain == command && dashed == Set(flags.map(\.rawValue))
      || aliases.contains(arguments.joined(separator: " "))
  }

  /// Names that begin with the same word or are a slip of two letters away; all commands where none is.
  private static func nearNames(_ arguments: [String]) -> [String] {
    let commands = all.filter { !$0.isVariant }.map(\.command)
    let text = arguments.filter { !$0.hasPrefix("-") }.joined(separator: " ").lowercased()
    guard let first = text.split(separator: " ").first else { return commands }
    let sameWord = all.filter { $0.command.split(separator: " ").first == first }.map(\.name)
    if !sameWord.isEmpty { return sameWord }
    let close = commands.filter { command in
      editDistance(Array(text.utf8.prefix(64)), Array(command.utf8)) <= 2
        || editDistance(Array(first.utf8.prefix(64)), Array(command.utf8)) <= 2
        || command.split(separator: " ").last.map { $0 == first } ?? false
    }
    return close.isEmpty ? commands : close
  }

  /// Levenshtein's distance in bytes.
  private static func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var row = Array(0...right.count)
    for (i, a) in left.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, b) in right.enumerated() {
        let substituted = diagonal + (a == b ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(substituted, row[j] + 1, diagonal + 1)
      }
    }
    return row.last ?? left.count
  }
}
