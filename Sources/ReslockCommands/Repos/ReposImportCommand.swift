internal import ArgumentParser
internal import RepositoryCatalog
internal import ResticInputs

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

struct ReposImportCommand: ReslockCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Write another program's repositories as a configuration of reslock's own.",
    discussion: """
      For when the other program goes; while it stays, a line under sources: reads its configuration in place, and \
      nothing grows stale. Prints the configuration, or writes it with --output; existing files are never overwritten. \
      Secrets that stand in plain text there are left out and named, unless --secret-files or --plain-secrets says \
      otherwise.

      EXIT CODES
        0 all was carried over; 1 something was not, or could not be written; 64 wrong usage.
      """)

  @Argument(help: ArgumentHelp("backrest, resticprofile, autorestic or env.", valueName: "source"))
  var source: String
  @Argument(help: ArgumentHelp("Its configuration, if not at its usual place.", valueName: "file"))
  var path: String?
  @Option(
    name: .customLong("output"),
    help: ArgumentHelp("Write the configuration there instead of printing it.", valueName: "file"))
  var outputFile: String?
  @Option(
    help: ArgumentHelp(
      "Write each secret into a file of its own in this folder, for its owner alone.", valueName: "folder"))
  var secretFiles: String?
  @Flag(help: "Write secrets into the configuration in plain text.")
  var plainSecrets = false
  @OptionGroup var output: OutputFlags

  func validate() throws {
    if secretFiles != nil, plainSecrets {
      throw ValidationError("--secret-files and --plain-secrets exclude each other")
    }
    if output.json { throw ValidationError("import writes YAML; repos show --json tells of sources in JSON") }
  }

  func run(_ context: CommandContext) async throws -> ExitStatus {
    let catalog = try CatalogLoader(environment: context.environment).load(source: source, path: path)
    let writer = ConfigurationWriter(catalog.repositories, secrets: try secrets())
    if let folder = secretFiles, !writer.secretFiles.isEmpty, mkdir(folder, 0o700) != 0, errno != EEXIST {
      throw NewFile.failure(folder, errno)
    }
    for file in writer.secretFiles { try NewFile.write(file.content.text, to: file.path) }
    if let outputFile {
      try NewFile.write(writer.text, to: outputFile)
    } else {
      try StandardStreams.writeAnswer(writer.text)
    }
    if !output.quiet {
      for warning in catalog.warnings + writer.warnings {
        StandardStreams.tell("warning: \(TerminalText.escaped(warning))")
      }
    }
    return writer.isComplete ? .done : .failed
  }

  private func secrets() throws -> ConfigurationWriter.Secrets {
    if plainSecrets { return .plain }
    guard let folder = secretFiles else { return .leftOut }
    guard !folder.hasPrefix("/") else { return .files(folder: folder) }
    guard let own = getcwd(nil, 0) else { throw NewFile.failure(folder, errno) }
    defer { free(own) }
    return .files(folder: "\(String(cString: own))/\(folder)")
  }
}

/// Files that were not there before, for their owner alone.
private enum NewFile {
  static func write(_ text: String, to path: String) throws {
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0 else { throw failure(path, errno) }
    defer { close(file) }
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { put(file, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw failure(path, errno) }
      rest = rest.dropFirst(count)
    }
    guard fsync(file) == 0 else { throw failure(path, errno) }
  }

  static func failure(_ path: String, _ code: Int32) -> InputError {
    InputError(
      .unreadableFile, "cannot write \(path): \(String(cString: strerror(code)))",
      hint: code == EEXIST ? "nothing is overwritten: move it away, or name another" : nil)
  }
}

private func put(_ file: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int { write(file, bytes, count) }
