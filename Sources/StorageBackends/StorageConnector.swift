package import ResticStorage
internal import StorageHTTP
internal import StorageProcess

/// Leads from a location to the backend that reads it.
package struct StorageConnector: Sendable {
  let location: RepositoryLocation
  let options: ExtendedOptions
  let settings: TransportSettings
  let environment: StorageEnvironment

  package init(
    location: RepositoryLocation, options: ExtendedOptions, settings: TransportSettings = TransportSettings(),
    environment: StorageEnvironment = .empty
  ) {
    self.location = location
    self.options = options
    self.settings = settings
    self.environment = environment
  }

  /// A way to the repository's files; nothing but a local repository's key folders is looked at, for its layout.
  ///
  /// For sftp and rclone, a child is started.
  package func connect() async throws -> StorageConnection {
    switch location {
    case .local(let path):
      let storage = LocalStorage(detectingLayoutAt: path)
      return StorageConnection(storage: storage, removal: { LocalLockRemoval(storage) })
    case .rest(let location):
      return try RESTBackend(
        location, options: try options.values(for: .rest), settings: settings, environment: environment
      ).connect()
    case .s3(let location):
      return try S3Backend(location, try inputs(for: .s3)).connect()
    case .sftp(let location):
      return try await SFTPBackend(
        location, options: try options.values(for: .sftp), settings: settings, environment: environment
      ).connect()
    case .rclone(let remote):
      return try await RcloneBackend(
        remote: remote, options: try options.values(for: .rclone), settings: settings,
        environment: environment
      ).connect()
    case .gs(let location):
      return try GSBackend(location, try inputs(for: .gs)).connect()
    case .swift(let location):
      return try SwiftBackend(location, try inputs(for: .swift)).connect()
    case .b2(let location):
      return try B2Backend(location, try inputs(for: .b2)).connect()
    case .azure(let location):
      return try AzureBackend(location, try inputs(for: .azure)).connect()
    }
  }

  private func inputs(for backend: RepositoryLocation.Backend) throws -> BackendInputs {
    BackendInputs(
      options: try options.values(for: backend), settings: settings, environment: environment)
  }
}
