package import ResticStorage

/// Leads from a location to the backend that reads it.
package struct StorageConnector: Sendable {
  let location: RepositoryLocation
  let options: ExtendedOptions

  package init(location: RepositoryLocation, options: ExtendedOptions) {
    self.location = location
    self.options = options
  }

  /// A way to the repository's files; nothing but a local repository's key folders is looked at, for its layout.
  ///
  /// Backends that this version can't read throw `.notSupported`, naming what it can.
  package func connect() async throws -> StorageConnection {
    switch location {
    case .local(let path):
      let storage = LocalStorage(detectingLayoutAt: path)
      return StorageConnection(storage: storage, removal: { LocalLockRemoval(storage) })
    case .sftp, .rest, .s3, .b2, .azure, .gs, .swift, .rclone:
      throw LocationError(
        .notSupported, location: "",
        problem:
          "\(location.backend.rawValue) repositories are not supported yet; this version reads local repositories",
        hint: "run reslock where the repository's folder is, or mount it and name the folder with -r")
    }
  }
}
