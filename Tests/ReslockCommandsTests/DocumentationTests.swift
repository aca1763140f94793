import Foundation
import TestSupport
import Testing

/// The README's promises about JSON and exit codes, held against the built program.
@Suite("The README and the program tell the same story")
struct DocumentationTests {
  private static func readme() throws -> String {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
  }

  /// The keys of a JSON value, nested ones with a dot between; `[]` for the first element of an array.
  private static func keys(_ value: Any, _ prefix: String = "") -> Set<String> {
    if let object = value as? [String: Any] {
      return object.reduce(into: []) { result, member in
        result.insert(prefix + member.key)
        result.formUnion(keys(member.value, prefix + member.key + "."))
      }
    }
    return []
  }

  private static func listedLocks(_ name: String) async throws -> [[String: Any]] {
    // A copy has file times of now, so that the verdict does not depend on the day of the checkout.
    let folder = try TemporaryFolder()
    let repository = folder.url.appendingPathComponent("repository")
    try Fixtures.copy(name, to: repository)
    let result = try await ReslockBinary.run(["list", "--json"], repository: repository)
    #expect(result.exitCode == 0)
    let document = try #require(
      try JSONSerialization.jsonObject(with: Data(result.stdoutBytes)) as? [String: Any])
    #expect(document["message_type"] as? String == "lock_list")
    #expect(document["schema_version"] as? Int == 1)
    return try #require(document["locks"] as? [[String: Any]])
  }

  @Test("the example lock has exactly the keys of real output, nested ones too")
  func exampleLock() async throws {
    let text = try Self.readme()
    let block = try #require(
      text.components(separatedBy: "<!-- example: lock -->\n```json\n").dropFirst().first)
    let example = try #require(block.components(separatedBy: "\n```").first)
    let documented = try #require(
      try JSONSerialization.jsonObject(with: Data(example.utf8)) as? [String: Any])
    let locks = try await Self.listedLocks("restic-0.19-v2")
    let real = try #require(locks.first { $0["id"] as? String == documented["id"] as? String })
    #expect(Self.keys(documented) == Self.keys(real))
    for key in ["size", "time", "exclusive", "hostname", "username", "pid", "uid", "gid"] {
      #expect("\(documented[key] ?? "")" == "\(real[key] ?? "")", "\(key)")
    }
  }

  @Test("every key of real output is named in the README")
  func everyKeyIsDocumented() async throws {
    let text = try Self.readme()
    for lock in try await Self.listedLocks("forged-v2") {
      for key in Self.keys(lock) {
        let name = String(key.split(separator: ".").last ?? "")
        #expect(text.contains("`\(name)`") || text.contains("\"\(name)\""), "\(key)")
      }
    }
  }

  /// The names of all keys at any depth, in arrays too.
  private static func allKeyNames(_ value: Any) -> Set<String> {
    if let object = value as? [String: Any] {
      return object.reduce(into: Set(object.keys)) { $0.formUnion(allKeyNames($1.value)) }
    }
    return (value as? [Any] ?? []).reduce(into: []) { $0.formUnion(allKeyNames($1)) }
  }

  @Test(
    "every key of what status, show, check and wait print is named in the README",
    arguments: [
      ["status", "--json"], ["show", "--json", "5ed3"], ["check", "--json"],
      ["wait", "--json", "--for", "backup", "--timeout", "0s"],
    ])
  func everyKeyOfOtherDocuments(arguments: [String]) async throws {
    let folder = try TemporaryFolder()
    let repository = folder.url.appendingPathComponent("repository")
    try Fixtures.copy("forged-v2", to: repository)
    let result = try await ReslockBinary.run(arguments, repository: repository)
    #expect(result.exitCode == (["check", "wait"].contains(arguments[0]) ? 11 : 0))
    let names = try result.stdout.split(separator: "\n").reduce(into: Set<String>()) { names, line in
      names.formUnion(Self.allKeyNames(try JSONSerialization.jsonObject(with: Data(line.utf8))))
    }
    #expect(
      names.isSuperset(of: ["message_type", "schema_version", "repository", "config_sha256", "blocks"]))
    let text = try Self.readme()
    for name in names { #expect(text.contains("`\(name)`") || text.contains("\"\(name)\""), "\(name)") }
  }

  @Test("every key of an audit's report is named in the README")
  func everyKeyOfAudit() async throws {
    let folder = try TemporaryFolder()
    let repository = folder.url.appendingPathComponent("repository")
    try Fixtures.copy("forged-v2", to: repository)
    let result = try await ReslockBinary.run(["audit", "--json"], repository: repository)
    #expect(result.exitCode == 0, "\(result.stderr)")
    let names = Self.allKeyNames(try JSONSerialization.jsonObject(with: Data(result.stdoutBytes)))
    #expect(names.isSuperset(of: ["findings", "evidence", "runs", "unauthenticated"]))
    let text = try Self.readme()
    for name in names {
      #expect(text.contains("`\(name)`") || text.contains("\"\(name)\""), "\(name)")
    }
  }

  @Test("the example of explain is what the program prints")
  func exampleOfExplain() async throws {
    let text = try Self.readme()
    let block = try #require(
      text.components(separatedBy: "<!-- example: lock_failures -->\n```json\n").dropFirst().first)
    let example = try #require(block.components(separatedBy: "\n```").first)
    let log = TestEnvironment.fixtures.appendingPathComponent("logs/backrest-543.log")
    let result = try await ReslockBinary.run(
      ["explain", "--json"], standardInput: try Data(contentsOf: log))
    #expect(result.exitCode == 0)
    #expect(example == result.stdout.trimmingCharacters(in: .newlines))
    let names = Self.allKeyNames(try JSONSerialization.jsonObject(with: Data(result.stdoutBytes)))
    for name in names.union(["repository", "now", "state", "locks"]) {
      #expect(text.contains("`\(name)`"), "\(name)")
    }
  }

  @Test("every metric is named in the README, and no other")
  func metrics() async throws {
    let folder = try TemporaryFolder()
    let repository = folder.url.appendingPathComponent("repository")
    try Fixtures.copy("forged-v2", to: repository)
    let result = try await ReslockBinary.run(["check", "--prometheus"], repository: repository)
    let real = Set(try MetricSample.parse(result.stdout).map(\.name))
    let readme = try Self.readme()
    let start = try #require(readme.range(of: "**Prometheus:**")?.upperBound)
    let section = try #require(readme[start...].components(separatedBy: "\n## ").first)
    let named = section.matches(of: /`(re(?:slock|stic)_[a-z_]+)(?:\{[a-z,]*\})?`/).map { String($0.1) }
    #expect(real == Set(named))
  }

  @Test("every verdict is named in the README and in the help", arguments: ["README", "help"])
  func verdicts(place: String) async throws {
    let text = place == "README" ? try Self.readme() : try await ReslockBinary.run(["list", "--help"]).stdout
    for verdict in [
      "debris", "empty", "unreadable", "damaged", "held", "dead", "superseded", "expired", "uncertain",
      "fresh",
    ] {
      #expect(text.contains(verdict), "\(verdict)")
    }
  }
}
