/// With what a backend reaches its repository.
package struct BackendInputs: Sendable {
  /// Those of the backend's namespace, each with a value of its type.
  package let options: [String: String]
  package let settings: TransportSettings
  package let environment: StorageEnvironment

  package init(
    options: [String: String], settings: TransportSettings, environment: StorageEnvironment
  ) {
    self.options = options
    self.settings = settings
    self.environment = environment
  }

  /// `nil` where nothing is to be tried again.
  package var retrier: Retrier? { settings.retries ? .system : nil }
}
