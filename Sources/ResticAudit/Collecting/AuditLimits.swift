/// What an audit may take, whatever the repository holds.
package enum AuditLimits {
  /// Bytes of lock files kept for the evidence, in all; beyond that a file's hash has to do.
  package static let evidenceByteCount = 64 << 20
  /// Files in `locks/` that are no locks and whose bytes are read nevertheless.
  static let strayCount = 1000
  static let keyCount = 1000
  /// The newest snapshots by file time; what goes beyond is counted.
  static let snapshotCount = 50_000
  static let snapshotByteCount = 8 << 20
  static let versionCount = 200_000
  /// Sentences about single objects that could not be read.
  static let remarkCount = 100
}
