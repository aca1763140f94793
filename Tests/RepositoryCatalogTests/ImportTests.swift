import Foundation
import RepositoryCatalog
import ResticCrypto
import ResticInputs
import ResticStorage
import TestSupport
import Testing

/// Other programs' configurations, written as one of reslock's own.
@Suite("Importing configurations")
struct ImportTests {
  static let sources: [(String, String, [String: String])] = [
    ("backrest", "backrest.json", ["BUCKET": "bucket", "B2_SECRET": "b2"]),
    ("resticprofile", "resticprofile-v1.toml", ["NAS_HOST": "nas.example.org"]),
    ("resticprofile", "resticprofile-v2.yaml", ["NAS_HOST": "nas.example.org"]),
    ("autorestic", "autorestic.yml", [:]),
    ("env", "cloud.env", [:]),
  ]

  private static func read(
    _ kind: String, _ name: String, _ environment: [String: String]
  ) throws -> Catalog {
    try CatalogLoader(environment: Environment(environment))
      .load(source: kind, path: "\(Configurations.folder)/\(name)")
  }

  /// What leads to a repository, as text.
  private static func way(
    _ catalog: Catalog, _ name: String, _ environment: [String: String]
  ) async throws -> String {
    let (flags, variables) = try await catalog.prepared(name, base: environment)
    // A file that names the repository need not be there.
    let files = InputFiles { path throws(InputError) in
      FileManager.default.fileExists(atPath: path)
        ? try InputFiles.system.read(path) : SecretBytes(copying: Array("/named/in\(path)".utf8))
    }
    let inputs = try RepositoryInputs.resolve(flags: flags, environment: variables, files: files)
    let values = variables.names.map { "\($0)=\(variables[$0] ?? "")" }
      .filter { !$0.hasPrefix("RESTIC_PASSWORD") && !$0.hasPrefix("RESTIC_KEY_HINT") }
    var password = ""
    if case .password(let input) = inputs.key {
      password = "\(input.isInsecureNoPassword)"
      let reader = PasswordReader(environment: variables, mayAsk: false)
      if case .command(let arguments)? = input.source {
        password += "\(arguments)"
      } else if case .file(let path)? = input.source, !FileManager.default.fileExists(atPath: path) {
        password += path
      } else if let secret = try await reader.value(of: input.source) {
        password += secret.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
      }
    }
    return
      "\(inputs.location) \(inputs.options.values.map { "\($0.key)=\($0.value)" }.sorted()) \(inputs.keyHint ?? "-") \(password) \(values)"
  }

  @Test(
    "what was imported leads to the same repositories, with secrets in files or in the text",
    arguments: sources)
  func roundTrip(kind: String, name: String, environment: [String: String]) async throws {
    let source = try Self.read(kind, name, environment)
    let folder = try TemporaryFolder()
    for secrets in [ConfigurationWriter.Secrets.plain, .files(folder: folder.path)] {
      let writer = ConfigurationWriter(source.repositories, secrets: secrets)
      for file in writer.secretFiles {
        #expect(file.path.hasPrefix(folder.path + "/") && secrets != .plain)
        try Data(file.content.text.utf8).write(to: URL(fileURLWithPath: file.path))
      }
      let imported = try Configurations.load(writer.text, environment: environment)
      let usable = source.repositories.filter { $0.problem == nil }
      #expect(imported.repositories.count == usable.count, "\(writer.text)")
      for (old, new) in zip(usable, imported.repositories) {
        let before = try await Self.way(source, old.fullName, environment)
        let after = try await Self.way(imported, new.name, environment)
        // Settings of TLS become variables on the way from both.
        #expect(before == after, "\(writer.text)")
        #expect(old.isInsecureTLS == new.isInsecureTLS && old.caCertificates == new.caCertificates)
      }
      for broken in source.repositories where broken.problem != nil {
        #expect(!writer.isComplete && writer.warnings.contains { $0.hasPrefix(broken.fullName) })
      }
    }
  }

  @Test("without a word on secrets, none is written anywhere, and each is named", arguments: sources)
  func leftOut(kind: String, name: String, environment: [String: String]) throws {
    let source = try Self.read(kind, name, environment)
    let plain = ConfigurationWriter(source.repositories, secrets: .plain)
    let writer = ConfigurationWriter(source.repositories, secrets: .leftOut)
    #expect(writer.secretFiles.isEmpty)
    _ = try Configurations.load(writer.text, environment: environment)
    for settings in source.repositories {
      guard case .given(let secret)? = settings.password else { continue }
      #expect(!writer.text.contains(secret.text) && !writer.warnings.joined().contains(secret.text))
      #expect(!plain.warnings.joined().contains(secret.text) && !writer.isComplete)
      #expect(
        writer.warnings.contains { $0.hasPrefix(settings.fullName) && $0.contains("was not carried over") })
      #expect(plain.warnings.contains { $0.hasPrefix("\(settings.fullName): password stands in plain text") })
    }
  }

  private static func backrest(_ repositories: String) throws -> Catalog {
    let files = ConfigurationFiles { path throws(InputError) in
      ConfigurationFile(path: path, bytes: Array("{\"repos\":[\(repositories)]}".utf8))
    }
    return try CatalogLoader(environment: Environment([:]), files: files)
      .load(source: "backrest", path: "/c.json")
  }

  @Test("a location with a password in it is a secret")
  func secretLocation() throws {
    let catalog = try Self.backrest(
      #"{"id":"a","uri":"rest:https://me:hunter2@example.org/r","password":"pw"}"#)
    let leftOut = ConfigurationWriter(catalog.repositories, secrets: .leftOut)
    #expect(!leftOut.text.contains("hunter2") && !leftOut.isComplete)
    #expect(!leftOut.warnings.joined().contains("hunter2"))
    let files = ConfigurationWriter(catalog.repositories, secrets: .files(folder: "/secrets"))
    #expect(files.isComplete && !files.text.contains("hunter2"))
    #expect(files.secretFiles.map(\.path) == ["/secrets/a.location", "/secrets/a.password"])
  }

  @Test("hostile names and values stay values, and no two repositories share a name or a file")
  func hostile() throws {
    let catalog = try Self.backrest(
      ##"{"id":"a/b","uri":"/x: [y] #z\n\"q\"","password":"p\nw"},{"id":"a:b","uri":"/true","password":"q"},"##
        + ##"{"id":"ä\u2028","uri":"/a","password":" spaces ","env":["A=no","B=1e3","C=\u0001"],"guid":"x\ny: z"}"##
    )
    let writer = ConfigurationWriter(catalog.repositories, secrets: .files(folder: "/s"))
    #expect(!writer.isComplete && writer.warnings.contains { $0.contains("white space") })
    #expect(Set(writer.secretFiles.map(\.path)).count == writer.secretFiles.count)
    let imported = try Configurations.load(writer.text)
    #expect(imported.repositories.map(\.name) == ["a-b", "a-b-2", "-----"])
    #expect(imported.repositories.first?.location == .text("/x: [y] #z\n\"q\""))
    let values = imported.repositories.last?.environment.map { variable -> String in
      if case .given(let text) = variable.value { text.text } else { "" }
    }
    #expect(values == ["no", "1e3", "\u{1}"])
  }

  @Test("a source that is not known or not there is an error that says what there is")
  func errors() {
    let loader = CatalogLoader(environment: Environment(["HOME": "/nowhere"]))
    for (name, path, says) in [
      ("backrst", nil, "backrest"), ("env", nil, "file"), ("backrest", "/no/such/file", "/no/such/file"),
    ] as [(String, String?, String)] {
      do {
        _ = try loader.load(source: name, path: path)
        Issue.record("\(name) was read")
      } catch {
        #expect("\(error.message) \(error.hint ?? "")".contains(says))
      }
    }
  }
}
