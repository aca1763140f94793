internal import ResticCrypto
internal import ResticFormat
internal import ResticStorage

/// Turns the bytes of one lock file into a lock or the defect that prevents one.
struct LockOpener: Sendable {
  let key: SealingKey
  let repositoryVersion: Int

  func open(_ bytes: [UInt8], entry: FileEntry) -> LockFile {
    let id = LockListing.id(of: entry)
    if bytes.isEmpty { return LockReader.emptyFile(entry) }
    let contentHash = SHA256.hex(bytes)
    let content = LockFileDecoder(key: key, repositoryVersion: repositoryVersion)
      .decode(bytes, expectedID: id)
    return LockFile(
      name: entry.name, id: id, byteCount: Int64(bytes.count), modified: entry.modified,
      record: content.record, defect: content.defect,
      contentMark: contentHash == id?.hex ? "" : contentHash)
  }
}
