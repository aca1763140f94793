package import WallTime

/// What a listing or a stat tells of one file without reading it.
package struct FileEntry: Hashable, Sendable {
  package enum Kind: String, Sendable { case regular, directory, symbolicLink, other }

  package let name: String
  package let byteCount: Int64
  /// The storage's own modification time; `nil` where the storage tells none.
  package let modified: UnixTime?
  package let kind: Kind

  package init(name: String, byteCount: Int64, modified: UnixTime?, kind: Kind = .regular) {
    self.name = name
    self.byteCount = byteCount
    self.modified = modified
    self.kind = kind
  }
}
