internal import ResticStorage
internal import WallTime

/// What a service for objects under keys has to offer, so that a repository can be read there.
protocol ObjectService: Sendable {
  /// As `Storage` has it.
  var clockOffsetSeconds: Double? { get }

  /// One page of the objects whose key begins with `prefix`, from where `position` says on.
  func page(_ prefix: String, after position: String?, action: String) async throws(StorageError)
    -> ObjectPage

  func facts(of key: String, action: String) async throws(StorageError) -> ObjectFacts

  func read(_ key: String, byteLimit: Int, action: String) async throws(StorageError) -> [UInt8]
}

struct ObjectFacts: Equatable {
  let byteCount: Int64
  /// When it was written, by the service's clock.
  let modified: UnixTime?
}

/// One page of a listing.
struct ObjectPage {
  var objects: [(key: String, facts: ObjectFacts)] = []
  /// Where the next page begins; `nil` after the last one.
  var next: String?
}
