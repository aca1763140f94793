internal import ArgumentParser
internal import RepositoryCatalog
internal import ResticFormat
internal import ResticInputs
internal import ResticLocks
internal import ResticStorage

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

struct ReposTestCommand: ReslockCommand {
  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "Test that repositories can be reached, opened and listed; nothing is written.",
    discussion: """
      Tells whether locks may be deleted as far as permissions say it. With --json, one object a line.

      EXIT CODES
        0 all fine; 10 no repository there; 12 wrong or missing password; 1 anything else; 64 no such name. Of several \
      the worst: 130, 1, 64, 10, 12, 0.
      """)

  @Argument(help: ArgumentHelp("Names as in -r @NAME; all when there are none.", valueName: "name"))
  var names: [String] = []
  @OptionGroup var options: ConfigurationOptions
  @Option(
    help: ArgumentHelp(
      "How long each may take: 30s unless said otherwise.", valueName: "duration"))
  var repositoryTimeout = DurationArgument(seconds: 30)
  @OptionGroup var output: OutputFlags

  func run(_ context: CommandContext) async throws -> ExitStatus {
    let names = names.map { $0.hasPrefix("@") ? String($0.dropFirst()) : $0 }
    let catalog = try options.load(context, names: names)
    let chosen = names.isEmpty ? catalog.repositories : try names.map { try catalog.find($0) }
    guard !chosen.isEmpty else { throw InputError(.usage, "there is no repository to test") }
    let targets = RepositoryTargets(
      targets: chosen.map { RepositoryTarget(name: $0.fullName, settings: $0, flags: RepositoryFlags()) },
      isMany: true)
    let asJSON = output.json
    let looks = ManyRepositories(timeout: .seconds(repositoryTimeout.seconds))
    return try await targets.answer(context, looks, output) { look in
      let result = try await RepositoryTest.run(look)
      return RepositoryAnswer(
        lines: asJSON ? [result.json(look.target).text] : result.lines, status: .done)
    }
  }
}

/// What testing one repository found; what fails is thrown instead.
struct RepositoryTest: Sendable {
  let lockCount: Int
  let isPasswordless: Bool
  let format: Int
  let mayDelete: DeletePermission

  enum DeletePermission: String, Sendable {
    case yes, no, unknown

    /// As far as the permissions of a local folder tell; services tell only when it is tried.
    static func of(_ location: RepositoryLocation) -> DeletePermission {
      guard case .local(let path) = location else { return .unknown }
      let root = path.isEmpty ? "." : path
      let folders = ["\(root)/locks", "\(root)/lock", root]
      guard let folder = folders.first(where: { access($0, F_OK) == 0 }) else { return .unknown }
      return access(folder, W_OK | X_OK) == 0 ? .yes : .no
    }
  }

  static func run(_ look: RepositoryLook) async throws -> RepositoryTest {
    let (flags, environment) = try await look.target.prepared(look.context)
    let inputs = try RepositoryInputs.resolve(
      flags: flags, environment: environment, files: look.context.files)
    let connection = try await look.target.connect(look.context, inputs, environment, TransportFlags())
    do {
      let result = try await run(look, inputs, environment, connection.storage)
      await connection.close()
      return result
    } catch {
      await connection.close()
      throw error
    }
  }

  private static func run(
    _ look: RepositoryLook, _ inputs: RepositoryInputs, _ environment: Environment, _ storage: any Storage
  ) async throws -> RepositoryTest {
    // The look that every command begins with; it says what is wrong with what is there.
    let inspector = Inspector(storage: storage, surroundings: look.context.surroundings, locality: nil)
    let inspection = try await inspector.inspect { _, _ in nil }
    let config = try await storage.read(.config, byteLimit: 1 << 20)
    let opener = RepositoryOpener(storage: storage, keyHint: inputs.keyHint, turn: look.turn)
    let reader = PasswordReader(environment: environment, files: look.context.files, mayAsk: false)
    let opened = try await RepositoryOptions.open(
      inputs.key, opener, config: config, reader, look.context.files)
    if let expected = look.target.settings?.expectedID, expected != opened.config.id {
      throw InputError(
        .usage, "another repository is there: its ID is \(opened.config.id), and \(expected) was expected")
    }
    return RepositoryTest(
      lockCount: inspection.assessments.count,
      isPasswordless: look.target.settings?.isInsecureNoPassword ?? false,
      format: opened.config.version, mayDelete: .of(inputs.location))
  }

  var lines: [String] {
    let deleting =
      switch mayDelete {
      case .yes: "yes, by the folder's permissions"
      case .no: "no, by the folder's permissions"
      case .unknown: "unknown until tried"
      }
    return [
      "reachable   yes, format \(format)",
      "password    \(isPasswordless ? "the empty one opens it" : "right")",
      "may list    yes, \(StatusText.locks(lockCount))",
      "may delete  \(deleting)",
    ]
  }

  func json(_ target: RepositoryTarget) -> JSONValue {
    .object([
      ("message_type", .string("repository_test")), ("schema_version", .integer(1)),
      ("repository", RepositoryDocument.json(name: target.name, location: target.location)),
      ("reachable", .bool(true)), ("password_right", .bool(true)), ("may_list", .bool(true)),
      ("may_delete", .string(mayDelete.rawValue)), ("lock_count", .integer(Int64(lockCount))),
    ])
  }
}
