import ResticCrypto
import ResticInputs
import ResticStorage
import Testing

@Suite struct RepositoryInputsTests {
  private let files = InputFiles { path throws(InputError) in
    switch path {
    case "repo.txt": SecretBytes(copying: Array("\u{feff} /from/file \n".utf8))
    case "empty.txt": SecretBytes(copying: Array(" \n".utf8))
    default: throw InputError(.unreadableFile, "cannot read \(path): No such file or directory")
    }
  }

  private func resolve(
    _ variables: [String: String] = [:], _ configure: (inout RepositoryFlags) -> Void = { _ in }
  ) throws(InputError) -> RepositoryInputs {
    var flags = RepositoryFlags()
    configure(&flags)
    return try RepositoryInputs.resolve(flags: flags, environment: Environment(variables), files: files)
  }

  private func refusal(
    _ variables: [String: String] = [:], _ configure: (inout RepositoryFlags) -> Void = { _ in }
  ) -> InputError.Kind? {
    #expect(throws: InputError.self) { try resolve(variables, configure) }?.kind
  }

  @Test("the repository comes from the flag, else from the variable, else from a file that is trimmed")
  func repository() throws {
    #expect(try resolve(["RESTIC_REPOSITORY": "/env"]).location == .local(path: "/env"))
    #expect(
      try resolve(["RESTIC_REPOSITORY": "/env"]) { $0.repository = "/flag" }.location == .local(path: "/flag")
    )
    #expect(try resolve { $0.repositoryFile = "repo.txt" }.location == .local(path: "/from/file"))
    #expect(
      try resolve(["RESTIC_REPOSITORY_FILE": "repo.txt"]).location == .local(path: "/from/file"))
    #expect(
      try resolve(["RESTIC_REPOSITORY_FILE": "gone"]) { $0.repositoryFile = "repo.txt" }.location
        == .local(path: "/from/file"))
    #expect(
      try resolve(["RESTIC_REPOSITORY": "/env"]) {
        $0.repository = ""
        $0.repositoryFile = "repo.txt"
      }.location == .local(path: "/from/file"))
  }

  @Test("no repository, two of them, an unreadable or empty file, a bad location are refused")
  func refusedRepositories() {
    #expect(refusal() == .location(.missing))
    #expect(refusal(["RESTIC_REPOSITORY": ""]) == .location(.missing))
    #expect(refusal(["RESTIC_REPOSITORY": "/a"]) { $0.repository = "" } == .location(.missing))
    #expect(refusal(["RESTIC_REPOSITORY": "/a", "RESTIC_REPOSITORY_FILE": "repo.txt"]) == .usage)
    #expect(refusal(["RESTIC_REPOSITORY": "/a"]) { $0.repositoryFile = "repo.txt" } == .usage)
    #expect(refusal(["RESTIC_REPOSITORY_FILE": "repo.txt"]) { $0.repository = "/a" } == .usage)
    #expect(refusal { $0.repositoryFile = "gone.txt" } == .unreadableFile)
    #expect(refusal { $0.repositoryFile = "empty.txt" } == .usage)
    #expect(refusal { $0.repository = "foo:bar" } == .location(.unknownBackend))
    #expect(refusal { $0.repository = "b2:ab" } == .location(.malformed))
  }

  @Test("the display name hides secrets")
  func displayName() throws {
    let inputs = try resolve(["RESTIC_REPOSITORY": "rest:https://user:secret@host/"])
    #expect(inputs.displayName == "rest:https://user:***@host/")
  }

  private func source(
    _ variables: [String: String] = [:], _ configure: (inout RepositoryFlags) -> Void = { _ in }
  ) throws -> PasswordSource? {
    let inputs = try resolve(variables.merging(["RESTIC_REPOSITORY": "/r"]) { $1 }, configure)
    guard case .password(let input) = inputs.key else {
      Issue.record("not a password")
      return nil
    }
    return input.source
  }

  @Test("the password comes from a command or a file, else from the variable, flags before variables")
  func password() throws {
    #expect(try source() == nil)
    #expect(try source(["RESTIC_PASSWORD": ""]) == nil)
    #expect(try source(["RESTIC_PASSWORD": "p"]) == .variable("RESTIC_PASSWORD"))
    #expect(try source(["RESTIC_PASSWORD": "p", "RESTIC_PASSWORD_FILE": "f"]) == .file("f"))
    #expect(
      try source(["RESTIC_PASSWORD": "p", "RESTIC_PASSWORD_COMMAND": "c 'a b'"]) == .command(["c", "a b"]))
    #expect(try source(["RESTIC_PASSWORD_FILE": "f"]) { $0.passwordFile = "g" } == .file("g"))
    #expect(try source(["RESTIC_PASSWORD_COMMAND": "c"]) { $0.passwordCommand = "d" } == .command(["d"]))
    #expect(try source(["RESTIC_PASSWORD": "p"]) { $0.passwordFile = "" } == .variable("RESTIC_PASSWORD"))
    #expect(
      try source(["RESTIC_PASSWORD": "p", "RESTIC_PASSWORD_FILE": "f"]) { $0.passwordFile = "" }
        == .variable("RESTIC_PASSWORD"))
    #expect(
      try source(["RESTIC_PASSWORD_FILE": "f"]) {
        $0.passwordFile = ""
        $0.passwordCommand = "c"
      } == .command(["c"]))
  }

  @Test("a password file and a password command exclude each other, from wherever they come")
  func twoPasswords() {
    let repository = ["RESTIC_REPOSITORY": "/r"]
    #expect(
      refusal(repository.merging(["RESTIC_PASSWORD_FILE": "f", "RESTIC_PASSWORD_COMMAND": "c"]) { $1 })
        == .usage)
    #expect(
      refusal(repository.merging(["RESTIC_PASSWORD_FILE": "f"]) { $1 }) { $0.passwordCommand = "c" } == .usage
    )
    #expect(
      refusal(repository.merging(["RESTIC_PASSWORD_COMMAND": "c"]) { $1 }) { $0.passwordFile = "f" } == .usage
    )
  }

  @Test("--insecure-no-password and RESTIC_PASSWORD exclude each other; an empty variable is none")
  func insecure() throws {
    #expect(
      refusal(["RESTIC_REPOSITORY": "/r", "RESTIC_PASSWORD": "p"]) { $0.isInsecureNoPassword = true }
        == .usage)
    let inputs = try resolve(["RESTIC_REPOSITORY": "/r", "RESTIC_PASSWORD": ""]) {
      $0.isInsecureNoPassword = true
    }
    #expect(inputs.key == .password(PasswordInput(source: nil, isInsecureNoPassword: true)))
  }

  @Test("a master key needs no password: it hides the variables and excludes the flags")
  func masterKey() throws {
    let variables = ["RESTIC_REPOSITORY": "/r", "RESTIC_PASSWORD": "p"]
    #expect(try resolve(variables) { $0.masterKeyFile = "k" }.key == .masterKey(file: "k"))
    for configure: (inout RepositoryFlags) -> Void in [
      { $0.passwordFile = "f" }, { $0.passwordCommand = "c" }, { $0.isInsecureNoPassword = true },
    ] {
      #expect(
        refusal(variables) {
          $0.masterKeyFile = "k"
          configure(&$0)
        } == .usage)
    }
  }

  @Test("the key hint comes from the flag, else from the variable")
  func keyHint() throws {
    #expect(try resolve(["RESTIC_REPOSITORY": "/r"]).keyHint == nil)
    #expect(try resolve(["RESTIC_REPOSITORY": "/r", "RESTIC_KEY_HINT": "ab"]).keyHint == "ab")
    #expect(
      try resolve(["RESTIC_REPOSITORY": "/r", "RESTIC_KEY_HINT": "ab"]) { $0.keyHint = "cd" }.keyHint == "cd")
    #expect(
      try resolve(["RESTIC_REPOSITORY": "/r", "RESTIC_KEY_HINT": "ab"]) { $0.keyHint = "" }.keyHint == nil)
  }

  @Test("options are checked against the repository's backend")
  func options() throws {
    #expect(refusal { ($0.repository, $0.options) = ("/r", ["local.foo=1"]) } == .option(.unknown))
    #expect(refusal { ($0.repository, $0.options) = ("/r", ["=1"]) } == .option(.emptyKey))
    let inputs = try resolve { ($0.repository, $0.options) = ("/r", ["sftp.foo=1", "local.connections=3"]) }
    #expect(inputs.options.values == ["sftp.foo": "1", "local.connections": "3"])
  }
}
