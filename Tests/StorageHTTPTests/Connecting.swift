import Foundation
import ResticInputs
import ResticStorage
import StorageBackends

extension StorageConnector {
  /// A connector as the program makes it from a location and these variables.
  static func testing(
    _ location: String, _ variables: [String: String] = [:], options: [String] = [],
    _ adjust: (inout TransportSettings) -> Void = { _ in }
  ) throws -> StorageConnector {
    let environment = Environment(variables)
    var settings = TransportSettings.resolve(flags: TransportFlags(), environment: environment)
    adjust(&settings)
    return StorageConnector(
      location: try RepositoryLocation(parsing: location), options: try ExtendedOptions(arguments: options),
      settings: settings, environment: StorageEnvironment(environment, files: .system))
  }
}
