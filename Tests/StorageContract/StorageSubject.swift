package import ResticStorage
import Testing
package import WallTime

/// A storage under test, together with another way to change its files.
package struct StorageSubject: Sendable {
  /// In what storages differ by their nature.
  package struct Traits: Sendable {
    package enum Times: Sendable {
      /// A file has the time that it was given.
      case given
      /// A file has the time that it was given, cut down to whole seconds.
      case givenInSeconds
      /// A file has the time when it was written.
      case own
      case none
    }
    package var times = Times.given
    /// Whether a folder can be missing, rather than empty.
    package var hasFolders = true
    /// Whether a removal tells that the file was gone already.
    package var tellsWhatIsGone = true

    /// Whether leftovers of uploads can be read and removed, not only listed.
    package var servesTemporaryNames = true

    package init() {}
  }

  package let storage: any Storage
  package let removal: any LockRemoval
  package var traits = Traits()
  package let put:
    @Sendable (_ content: [UInt8], _ file: RepositoryFile, _ modified: UnixTime) async throws -> Void
  package let remove: @Sendable (RepositoryFile) async throws -> Void
  package let removeFolder: @Sendable (RepositoryFolder) async throws -> Void

  package init(
    storage: any Storage, removal: any LockRemoval, traits: Traits = Traits(),
    put: @escaping @Sendable ([UInt8], RepositoryFile, UnixTime) async throws -> Void,
    remove: @escaping @Sendable (RepositoryFile) async throws -> Void,
    removeFolder: @escaping @Sendable (RepositoryFolder) async throws -> Void
  ) {
    self.storage = storage
    self.removal = removal
    self.traits = traits
    self.put = put
    self.remove = remove
    self.removeFolder = removeFolder
  }

  /// Compares entries in any order, their times as far as this storage has times.
  func expect(
    _ entries: [FileEntry], _ expected: [FileEntry], afterRestoring: Bool = false,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let ofTimes: (FileEntry) -> FileEntry = { entry in
      let modified: UnixTime? =
        switch traits.times {
        case .given: entry.modified
        case .givenInSeconds: entry.modified.map { UnixTime(seconds: $0.seconds) }
        case .own, .none: nil
        }
      return FileEntry(name: entry.name, byteCount: entry.byteCount, modified: modified, kind: entry.kind)
    }
    #expect(Set(entries.map(ofTimes)) == Set(expected.map(ofTimes)), sourceLocation: sourceLocation)
    #expect(
      entries.allSatisfy { ($0.modified == nil) == (traits.times == .none) }, sourceLocation: sourceLocation)
  }
}

extension RepositoryFile {
  package static func lock(_ name: String) -> RepositoryFile { .entry(folder: .locks, name: name) }
}
