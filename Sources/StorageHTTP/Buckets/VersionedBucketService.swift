package import ResticStorage
internal import WallTime

/// A service that may keep what was overwritten or deleted in its buckets.
protocol VersionedBucketService: BucketService {
  /// Whether every lock of the past is still there, with the time of its deletion, once versions are kept.
  var keepsWholePast: Bool { get }

  /// Versions and deletions of the objects whose keys begin with `prefix`, as one page has them.
  func versionsPage(
    of prefix: String, after position: VersionPosition?, action: String
  ) async throws(StorageError) -> VersionsPage

  func read(
    _ key: String, versionID: String, byteLimit: Int, action: String
  ) async throws(StorageError) -> [UInt8]

  /// Asked where a listing shows no past: `.notFound` where the bucket never kept any.
  func requireVersioning(action: String) async throws(StorageError)
}

/// From where a listing of versions goes on.
package struct VersionPosition: Equatable {
  package let name: String
  package var versionID = ""
}

/// One page of a bucket's versions.
package struct VersionsPage {
  /// By what follows the prefix that was asked for.
  package private(set) var versions: [LockVersion] = []
  package var next: VersionPosition?

  /// `false` for a key outside of `prefix`.
  mutating func add(
    _ key: String, under prefix: String, _ version: (_ name: String) -> LockVersion
  ) -> Bool {
    guard key.utf8.starts(with: prefix.utf8) else { return false }
    let name = String(decoding: key.utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
    // What lies in a folder below is no lock, and some tools make an empty object in a folder's place.
    if ListedName.isUsable(name) { versions.append(version(name)) }
    return true
  }
}
