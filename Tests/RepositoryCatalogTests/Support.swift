import Foundation
import RepositoryCatalog
import ResticInputs
import TestSupport

/// Configurations in memory, and the fixtures as they lie on disk.
enum Configurations {
  static let folder = TestEnvironment.fixtures.appendingPathComponent("configurations").path

  static func load(
    _ text: String, environment: [String: String] = [:], isReadableByAll: Bool = false
  ) throws -> Catalog {
    try load(bytes: Array(text.utf8), environment: environment, isReadableByAll: isReadableByAll)
  }

  static func load(
    bytes: [UInt8], environment: [String: String] = [:], isReadableByAll: Bool = false
  ) throws -> Catalog {
    let files = ConfigurationFiles { path throws(InputError) in
      path == "/etc/reslock/config.yaml"
        ? ConfigurationFile(path: path, bytes: bytes, isReadableByAll: isReadableByAll)
        : try ConfigurationFiles.system.read(path)
    }
    return try CatalogLoader(environment: Environment(environment), files: files)
      .load(file: "/etc/reslock/config.yaml")
  }

  /// The repositories of one fixture, read as a source.
  static func source(_ kind: String, _ name: String, environment: [String: String] = [:]) throws -> Catalog {
    try load("sources: [{\(kind): \(folder)/\(name)}]", environment: environment)
  }

  static func error(_ text: String) -> InputError? {
    do {
      _ = try load(text)
      return nil
    } catch {
      return error as? InputError
    }
  }
}

extension Catalog {
  func prepared(
    _ name: String, flags: RepositoryFlags = RepositoryFlags(), base: [String: String] = [:]
  ) async throws -> (flags: RepositoryFlags, environment: Environment) {
    try await find(name).prepared(flags: flags, base: Environment(base))
  }
}
