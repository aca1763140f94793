internal import ResticStorage

extension BucketService {
  /// For a service that would write over what is there: throws `.alreadyExists` where something is.
  func requireNothing(at key: String, action: String) async throws(StorageError) {
    do throws(StorageError) {
      _ = try await stat(key, action: action)
    } catch {
      guard error.kind == .notFound else { throw error }
      return
    }
    throw StorageError(.alreadyExists, action: action, reason: "a file of that name is there")
  }
}
