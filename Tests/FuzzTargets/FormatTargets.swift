internal import ResticCrypto
internal import ResticFormat
internal import WallTime

extension FuzzTarget {
  static let formatTargets: [FuzzTarget] = [
    FuzzTarget("lock-record") { bytes in
      guard let record = try? LockRecord.decode(bytes) else { return }
      let nanoseconds = record.time.instant.nanoseconds
      precondition((0..<1_000_000_000).contains(nanoseconds), "a fraction beyond a second")
    },
    FuzzTarget("lock-file") { bytes in
      // Nearly all inputs end at the authentication code; lock-content goes on from there.
      for version in [1, 2] {
        let decoder = LockFileDecoder(key: key, repositoryVersion: version)
        let content = decoder.decode(bytes, name: ObjectID(hashOf: bytes))
        precondition(content.defect != nil || content.record != nil, "neither a record nor a defect")
      }
    },
    FuzzTarget("lock-content") { bytes in
      guard let file = key.seal(bytes, nonce: nonce) else { return }
      for version in [1, 2] {
        let decoder = LockFileDecoder(key: key, repositoryVersion: version)
        let content = decoder.decode(file, name: ObjectID(hashOf: file))
        precondition(content.defect.map { $0.isAuthentic } ?? true, "a sound seal was called unauthentic")
      }
    },
    FuzzTarget("snapshot") { bytes in
      guard let record = try? SnapshotRecord.decode(bytes) else { return }
      precondition((0...bytes.count).contains(record.pathCount), "more paths than bytes")
    },
    FuzzTarget("key-file") { bytes in
      guard let keyFile = try? KeyFile.parse(bytes, name: ObjectID(hashOf: bytes)) else { return }
      _ = try? keyFile.scryptParameters()
      _ = try? keyFile.openMasterKey(with: key)
    },
    FuzzTarget("master-key") { bytes in
      _ = try? MasterKeyText.parse(SecretBytes(copying: bytes))
    },
    FuzzTarget("config") { bytes in
      _ = try? RepositoryConfig.open(bytes, with: key)
      guard let file = key.seal(bytes, nonce: nonce),
        let config = try? RepositoryConfig.open(file, with: key)
      else { return }
      precondition((1...2).contains(config.version), "an unknown version was taken")
    },
    FuzzTarget("envelope") { bytes in
      let limit = 1 << 16
      let envelope = Envelope(repositoryVersion: 2, contentByteLimit: limit)
      guard let content = try? envelope.content(of: SecretBytes(copying: bytes)) else { return }
      precondition(content.count <= max(limit, bytes.count), "the content is larger than allowed")
    },
  ]

  /// Any key will do, as long as it is always the same.
  private static let key: SealingKey = {
    let bytes = (1...64).map { UInt8($0) }
    guard let key = SealingKey(derived: SecretBytes(copying: bytes)) else { fatalError("not a key") }
    return key
  }()
  private static let nonce = [UInt8](repeating: 7, count: 16)
}
