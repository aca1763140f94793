package import ResticInputs
package import ResticLocks

/// restic's command line, read as restic reads it, as far as locks and the way to the repository depend on it.
package struct ResticCommandLine: Sendable {
  /// What is no flag, the command first.
  package private(set) var words: [String] = []
  package private(set) var flags = RepositoryFlags()
  /// `--cacert`, in their order.
  package private(set) var caCertificates: [String] = []
  package private(set) var tlsClientCertificate: String?
  package private(set) var isInsecureTLS = false
  package private(set) var asksForHelp = false
  package private(set) var isQuiet = false
  package private(set) var isJSON = false
  package private(set) var isRemovingAll = false
  private var usesNoLock = false
  private var isDryRun = false
  private var forgets = false
  private var hasSource = false

  /// - Parameter arguments: without the program's name.
  package init(_ arguments: [String]) {
    var index = 0
    func next() -> String? {
      guard index < arguments.count else { return nil }
      index += 1
      return arguments[index - 1]
    }
    while let argument = next() {
      if argument == "--" {
        words += arguments[index...]
        break
      }
      if argument.hasPrefix("--") {
        let parts = argument.dropFirst(2).split(
          separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = parts.first.map(String.init) ?? ""
        let given = parts.count > 1 ? String(parts[1]) : nil
        if Self.switches.contains(name) {
          turn(name, on: given.map { !Self.falseWords.contains($0) } ?? true)
        } else if let value = given ?? next() {
          set(name, value)
        }
      } else if argument.hasPrefix("-"), argument != "-" {
        readShort(argument.dropFirst(), next)
      } else {
        words.append(argument)
      }
    }
  }

  /// A cluster such as `-nv`, or a flag with its value in the same word or the next one.
  private mutating func readShort(_ cluster: Substring, _ next: () -> String?) {
    var rest = cluster
    while let letter = rest.first {
      rest = rest.dropFirst()
      guard Self.shortWithValue.contains(letter), !(letter == "l" && words.first == "ls") else {
        var isOn = true
        if rest.first == "=" {
          isOn = !Self.falseWords.contains(String(rest.dropFirst()))
          rest = ""
        }
        turn(Self.longNames[letter] ?? "", on: isOn)
        continue
      }
      if let value = rest.isEmpty ? next() : String(rest.first == "=" ? rest.dropFirst() : rest) {
        set(Self.longNames[letter] ?? "", value)
      }
      return
    }
  }

  private mutating func turn(_ name: String, on isOn: Bool) {
    switch name {
    case "help": asksForHelp = isOn
    case "no-lock": usesNoLock = isOn
    case "dry-run": isDryRun = isOn
    case "forget": forgets = isOn
    case "quiet": isQuiet = isOn
    case "json": isJSON = isOn
    case "remove-all": isRemovingAll = isOn
    case "insecure-tls": isInsecureTLS = isOn
    case "insecure-no-password": flags.isInsecureNoPassword = isOn
    default: break
    }
  }

  private mutating func set(_ name: String, _ value: String) {
    switch name {
    case "repo": flags.repository = value
    case "repository-file": flags.repositoryFile = value
    case "password-file": flags.passwordFile = value
    case "password-command": flags.passwordCommand = value
    case "key-hint": flags.keyHint = value
    case "option": flags.options.append(value)
    case "cacert": caCertificates.append(value)
    case "tls-client-cert": tlsClientCertificate = value
    case "from-repo", "from-repository-file": hasSource = true
    default: break
    }
  }

  /// The flags of restic 0.14 to 0.19 that take no value; every other takes one.
  private static let switches: Set<String> = [
    "cleanup-cache", "help", "insecure-no-password", "insecure-tls", "json", "no-cache", "no-extra-verify",
    "no-lock", "quiet", "verbose", "exclude-caches", "ignore-ctime", "ignore-inode", "no-scan",
    "skip-if-unchanged", "stdin", "stdin-from-command", "with-atime", "force", "dry-run", "one-file-system",
    "use-fs-snapshot", "prune", "repack-cacheable-only", "repack-small", "repack-uncompressed",
    "unsafe-allow-remove-all", "compact", "forget", "snapshot-summary", "remove-all",
    "from-insecure-no-password", "copy-chunker-params", "read-data", "with-cache", "check-unused", "long",
    "recursive", "human-readable", "ncdu", "reverse", "ignore-case", "blob", "tree", "pack", "show-pack-id",
    "metadata", "allow-other", "no-default-permissions", "owner-root", "sparse", "verify", "delete",
    "overwrite-unchanged", "no-size", "cleanup", "new-insecure-no-password", "last", "latest-only",
    "read-all-packs", "exclude-cloud-files",
  ]
  private static let falseWords: Set<String> = ["false", "0", "f", "F", "FALSE", "False"]
  private static let shortWithValue: Set<Character> = [
    "r", "p", "o", "e", "g", "H", "d", "l", "m", "w", "y", "i", "t", "a",
  ]
  private static let longNames: [Character: String] = [
    "r": "repo", "p": "password-file", "o": "option", "h": "help", "n": "dry-run", "q": "quiet",
  ]

  /// Whether it says itself which repository it is about.
  package var namesRepository: Bool { flags.repository != nil || flags.repositoryFile != nil }

  package var isUnlock: Bool { words.first == "unlock" && !asksForHelp }

  /// What it runs; `nil` where it only shows something, and for commands that are not known.
  package var operation: ResticOperation? {
    guard !asksForHelp, let command = words.first else { return nil }
    let twoWords = words.prefix(2).joined(separator: " ")
    let candidates = ResticOperation.all.filter { operation in
      operation.command == twoWords || (operation.command == command)
    }
    // `list locks` before `list`.
    guard let name = candidates.map(\.command).max(by: { $0.count < $1.count }) else { return nil }
    let flags = name == "copy" ? [] : givenFlags
    let variants = candidates.filter { $0.command == name && Set($0.flags).isSubset(of: flags) }
    guard let operation = variants.max(by: { $0.flags.count < $1.flags.count }) else { return nil }
    return usesNoLock ? operation.withoutLock : operation
  }

  private var givenFlags: Set<ResticOperation.Flag> {
    var given: Set<ResticOperation.Flag> = []
    if isDryRun { given.insert(.dryRun) }
    if forgets { given.insert(.forget) }
    if hasSource { given.insert(.fromRepository) }
    return given
  }
}
