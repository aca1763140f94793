internal import ResticStorage
internal import WallTime

/// What a service offers that keeps objects in a bucket, under keys, and knows no folders.
protocol BucketService: Sendable {
  /// As `Storage` has it.
  var clockOffsetSeconds: Double? { get }

  /// The objects whose keys begin with `prefix`; unless `isDeep`, folders below it may stand in place of what is in
  /// them.
  ///
  /// A bucket that is not there throws `.notFound`.
  func page(
    of prefix: String, isDeep: Bool, after position: String?, action: String
  ) async throws(StorageError) -> BucketPage

  /// A negative size where the service does not tell it.
  func stat(
    _ key: String, action: String
  ) async throws(StorageError) -> (byteCount: Int64, modified: UnixTime?)

  func read(_ key: String, byteLimit: Int, action: String) async throws(StorageError) -> [UInt8]

  /// `.notFound` where the service tells that it was gone already.
  func remove(_ key: String, action: String) async throws(StorageError)

  /// Writes an object, or throws `.alreadyExists` and leaves what is there as it is.
  ///
  /// `modified` is for a service that keeps such a time beside its own.
  func create(
    _ key: String, _ content: [UInt8], modified: UnixTime?, action: String
  ) async throws(StorageError)
}
