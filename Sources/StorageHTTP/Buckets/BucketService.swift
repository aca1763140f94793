internal import ResticStorage
internal import WallTime

/// One page of a bucket's listing.
struct BucketPage: Sendable {
  /// Named by what follows the prefix that was asked for.
  var entries: [FileEntry] = []
  /// From where the listing goes on; `nil` at its end.
  var next: String?

  /// Takes an object or, with a slash at its end, a folder; `false` for a key outside of `prefix`.
  mutating func add(
    _ key: String, under prefix: String, byteCount: Int64, modified: UnixTime?, isFolder: Bool = false
  ) -> Bool {
    guard key.utf8.starts(with: prefix.utf8) else { return false }
    var name = key.utf8.dropFirst(prefix.utf8.count)[...]
    if isFolder, name.last == UInt8(ascii: "/") { name = name.dropLast() }
    // Some tools make an empty object in a folder's place.
    if name.isEmpty { return true }
    entries.append(
      FileEntry(
        name: String(decoding: name, as: UTF8.self), byteCount: byteCount, modified: modified,
        kind: isFolder ? .directory : .regular))
    return true
  }
}

/// What a service offers that keeps objects in a bucket, under keys, and knows no folders.
protocol BucketService: Sendable {
  /// As `Storage` has it.
  var clockOffsetSeconds: Double? { get }

  /// The objects whose keys begin with `prefix`, and folders below it in place of what is in them unless `isDeep`.
  ///
  /// A bucket that is not there throws `.notFound`.
  func page(
    of prefix: String, isDeep: Bool, after position: String?, action: String
  ) async throws(StorageError) -> BucketPage

  func stat(
    _ key: String, action: String
  ) async throws(StorageError) -> (byteCount: Int64, modified: UnixTime?)

  func read(_ key: String, byteLimit: Int, action: String) async throws(StorageError) -> [UInt8]

  /// `.notFound` where the service tells that it was gone already.
  func remove(_ key: String, action: String) async throws(StorageError)

  /// Writes an object in one step, or throws `.alreadyExists` and leaves what is there as it is.
  func create(_ key: String, _ content: [UInt8], action: String) async throws(StorageError)
}
