extension RepositoryLocation {
  /// The storage of this repository; nothing but a local repository's key folders is looked at, for its layout.
  ///
  /// Backends that this version can't read throw `.notSupported`, naming what it can.
  package func openStorage() throws(LocationError) -> any Storage {
    guard case .local(let path) = self else {
      throw LocationError(
        .notSupported, location: "",
        problem:
          "\(backend.rawValue) repositories are not supported yet; this version reads local repositories",
        hint: "run reslock where the repository's folder is, or mount it and name the folder with -r")
    }
    return LocalStorage(detectingLayoutAt: path)
  }
}
