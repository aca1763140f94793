/// Where a repository's folders lie below its root (restic design document, "Repository Layout").
package enum RepositoryLayout: Sendable, Hashable, CaseIterable {
  /// `config`, `keys/`, `locks/`, `snapshots/`: every repository but the very old ones in object stores.
  case `default`
  /// `config`, `key/`, `lock/`, `snapshot/`: repositories that restic up to 0.7.0 made in S3, and copies of them.
  case s3Legacy

  /// The name of `folder` below the root, without slashes.
  package func folderName(_ folder: RepositoryFolder) -> String {
    switch (self, folder) {
    case (.default, .keys): "keys"
    case (.default, .locks): "locks"
    case (.default, .snapshots): "snapshots"
    case (.s3Legacy, .keys): "key"
    case (.s3Legacy, .locks): "lock"
    case (.s3Legacy, .snapshots): "snapshot"
    }
  }

  /// The path of `file` below the root, such as `locks/8a3c…`, without a leading slash.
  package func path(of file: RepositoryFile) -> String {
    switch file {
    case .config: "config"
    case .entry(let folder, let name): "\(folderName(folder))/\(name)"
    }
  }

  /// The layout of a repository, told by which key folder holds a key, as restic up to 0.17.3 told it.
  ///
  /// `holdsKey` says whether the folder of that name below the root holds a file named as a key is
  /// (64 lower-case hexadecimal digits). Without any key the answer is `.default`.
  package static func detect(holdsKey: (_ folderName: String) -> Bool) -> RepositoryLayout {
    if holdsKey(RepositoryLayout.default.folderName(.keys)) { return .default }
    return holdsKey(RepositoryLayout.s3Legacy.folderName(.keys)) ? .s3Legacy : .default
  }

  /// Whether `name` could be the name of a key, lock or snapshot: 64 lower-case hexadecimal digits.
  static func isObjectName(_ name: String) -> Bool {
    let bytes = name.utf8
    return bytes.count == 64
      && bytes.allSatisfy { byte in
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
          || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
      }
  }
}
