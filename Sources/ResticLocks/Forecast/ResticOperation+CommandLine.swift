extension ResticOperation {
  /// Global options of restic whose value is a word of its own.
  private static let optionsWithValue: Set<String> = [
    "-r", "--repo", "--repository-file", "-p", "--password-file", "--password-command", "--key-hint", "-o",
    "--option", "--cacert", "--cache-dir", "--limit-upload", "--limit-download", "--retry-lock",
    "--tls-client-cert", "--compression", "--pack-size",
  ]

  /// The command that a restic's command line names, such as `backup`; `nil` where none is known.
  package static func name(inCommandLine arguments: [String]) -> String? {
    let names = Set(ResticOperation.all.filter { !$0.isVariant }.map(\.name))
    var words: [String] = []
    var skipsNext = false
    for argument in arguments.dropFirst() {
      if skipsNext {
        skipsNext = false
      } else if argument.hasPrefix("-") {
        skipsNext = optionsWithValue.contains(argument)
      } else {
        words.append(argument)
        if words.count == 2 { break }
      }
    }
    guard let first = words.first else { return nil }
    let both = words.joined(separator: " ")
    return names.contains(both) ? both : names.contains(first) ? first : nil
  }
}
