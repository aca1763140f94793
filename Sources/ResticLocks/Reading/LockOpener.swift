internal import ResticCrypto
internal import ResticFormat
internal import ResticStorage

/// Turns the bytes of one lock file into a lock or the defect that prevents one.
struct LockOpener: Sendable {
  private let decoder: LockFileDecoder

  init(key: SealingKey, repositoryVersion: Int) {
    decoder = LockFileDecoder(key: key, repositoryVersion: repositoryVersion)
  }

  func open(_ bytes: [UInt8], of entry: FileEntry, id: ObjectID) -> LockFile {
    if bytes.isEmpty { return LockReader.emptyFile(entry) }
    let content = decoder.decode(bytes, name: id)
    let isNamedByContent = content.defect.map { $0.kind != .name && $0.kind != .hash } ?? true
    return LockFile(
      name: entry.name, id: id, byteCount: Int64(bytes.count), modified: entry.modified,
      fileKind: entry.kind, record: content.record, defect: content.defect,
      contentMark: isNamedByContent ? "" : String(SHA256.hex(bytes).prefix(16)),
      content: isNamedByContent && bytes.count <= ReadingLimits.keptLockByteCount ? bytes : nil)
  }
}
