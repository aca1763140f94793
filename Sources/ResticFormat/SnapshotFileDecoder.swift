package import ResticCrypto

/// Turns the bytes of snapshot files into snapshot records; one decoder serves any number of files and tasks.
package struct SnapshotFileDecoder: Sendable {
  /// Snapshots of many paths are large, and a compressed one may hide more than it shows.
  private static let contentByteLimit = 16 << 20

  private let key: SealingKey
  private let envelope: Envelope

  /// - Parameters:
  ///   - key: The repository's master key.
  ///   - repositoryVersion: 1 or 2, from the repository's config.
  package init(key: SealingKey, repositoryVersion: Int) {
    self.key = key
    envelope = Envelope(repositoryVersion: repositoryVersion, contentByteLimit: Self.contentByteLimit)
  }

  /// The record in a snapshot file.
  ///
  /// - Parameters:
  ///   - file: The whole file as stored.
  ///   - name: The name under which it is stored.
  /// - Returns: Who wrote it and when.
  /// - Throws: ``SnapshotDefect``, which says what is wrong.
  package func decode(_ file: [UInt8], name: ObjectID) throws(SnapshotDefect) -> SnapshotRecord {
    guard name.isHash(of: file) else {
      throw SnapshotDefect(message: "its bytes are not those that its name promises")
    }
    let plaintext: SecretBytes
    do {
      plaintext = try key.open(file)
    } catch {
      throw SnapshotDefect(message: "it can't be opened: \(error)")
    }
    let json: [UInt8]
    do {
      json = try envelope.content(of: plaintext)
    } catch {
      throw SnapshotDefect(message: error.description)
    }
    do {
      return try SnapshotRecord.decode(json)
    } catch {
      throw SnapshotDefect(message: "the content is not a snapshot that restic can read: \(error)")
    }
  }
}

/// Why a file in `snapshots/` gives no snapshot.
package struct SnapshotDefect: Error, Hashable, Sendable, CustomStringConvertible {
  /// In plain words, without a byte of the content.
  package let message: String
  package var description: String { message }
}
