/// Whether a folder can be written by this machine only, by the kind of its file system.
package enum FileSystemLocality: Hashable, Sendable {
  /// A file system known to be mounted by one machine at a time: `ext`, `xfs`, `apfs`, …
  case local(String)
  /// A network, cluster or user-space file system, or one that is not known: `nfs`, `fuse`, `0x1234abcd`.
  case shared(String)
  /// It could not be asked; `reason` is the system's.
  case unknown(reason: String)

  package var isLocal: Bool {
    if case .local = self { true } else { false }
  }
}
