internal import Synchronization

/// Finds out which layout a repository has that is asked over a network, and remembers it.
///
/// A repository of the old layout keeps its locks in `lock/`, so that `locks/` alone would show it free.
package struct LayoutFinder: Sendable {
  /// Lists the folder of that name below the root.
  package typealias Listing =
    @Sendable (_ folderName: String, _ limit: Int) async throws(StorageError) -> [FileEntry]

  private final class Memory: Sendable {
    let layout: Mutex<RepositoryLayout?>
    init(_ layout: RepositoryLayout?) { self.layout = Mutex(layout) }
  }

  private let memory: Memory
  private static let keyLimit = 100_000

  /// `layout` is the only one where it is not `nil`.
  package init(_ layout: RepositoryLayout? = nil) { memory = Memory(layout) }

  /// The layout as far as it is known.
  package var known: RepositoryLayout? { memory.layout.withLock { $0 } }

  /// The layout by which key folder holds a key; `.default` where none does.
  package func layout(by listing: Listing) async throws(StorageError) -> RepositoryLayout {
    if let known { return known }
    return try await detected(keyLimit: Self.keyLimit, by: listing) ?? .default
  }

  /// Lists a folder by the repository's layout.
  ///
  /// Where no key tells which that is, both may hold locks, and those of the old one are told first.
  package func list(
    _ folder: RepositoryFolder, limit: Int, by listing: Listing
  ) async throws(StorageError) -> [FileEntry] {
    if let known { return try await listing(known.folderName(folder), limit) }
    guard folder == .locks, try await detected(keyLimit: limit, by: listing) == nil else {
      return try await listing(try await layout(by: listing).folderName(folder), limit)
    }
    let old: [FileEntry]
    do throws(StorageError) {
      old = try await listing(RepositoryLayout.s3Legacy.folderName(.locks), limit)
    } catch {
      guard error.kind == .notFound else { throw error }
      old = []
    }
    if old.contains(where: RepositoryLayout.isObject) { return old }
    return try await listing(RepositoryLayout.default.folderName(.locks), limit)
  }

  /// `nil` where no key is found.
  private func detected(
    keyLimit: Int, by listing: Listing
  ) async throws(StorageError) -> RepositoryLayout? {
    for layout in [RepositoryLayout.default, .s3Legacy] {
      let entries: [FileEntry]
      do throws(StorageError) {
        entries = try await listing(layout.folderName(.keys), keyLimit)
      } catch {
        switch error.kind {
        case .notFound: continue
        // What is there and not shown may hold keys.
        case .notAllowed: return nil
        default: throw error
        }
      }
      guard entries.contains(where: RepositoryLayout.isObject) else { continue }
      memory.layout.withLock { $0 = layout }
      return layout
    }
    return nil
  }
}

extension RepositoryLayout {
  /// Whether an entry is named as a key, lock or snapshot is.
  package static func isObject(_ entry: FileEntry) -> Bool { isObjectName(entry.name) }
}
