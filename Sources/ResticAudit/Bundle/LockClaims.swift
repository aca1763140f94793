internal import ResticCrypto
internal import ResticFormat
internal import ResticLocks

/// What the report in a bundle says of the bytes of each lock file in it.
struct LockClaims {
  enum Claim: Int {
    /// It shows what the lock says, and nothing wrong with it.
    case sound
    /// It has the bytes' sum and no more: there was no key.
    case unopened
    /// It says what is wrong.
    case defective
    /// The file has no name of a lock.
    case stray
  }

  /// A name has several contents where old versions are kept, and one content may be known from several sources.
  private struct Key: Hashable {
    let folder: String
    let stem: String
    let sha256: String
  }

  private let claims: [Key: Claim]

  init(report: JSONValue?) {
    claims = Dictionary(
      (report?["locks"]?.arrayValue ?? []).compactMap { lock -> (Key, Claim)? in
        guard let name = lock["id"]?.stringValue, let source = lock["source"]?.stringValue,
          let sha256 = lock["sha256"]?.stringValue
        else { return nil }
        let isLock = ObjectID(hex: name) != nil
        let key = Key(
          folder: MemberName.folder(source: source, isLock: isLock), stem: MemberName.stem(name),
          sha256: sha256)
        return (key, Self.claim(lock, isLock: isLock))
      },
      // What is said in one place of some bytes is said.
      uniquingKeysWith: { $0.rawValue >= $1.rawValue ? $0 : $1 })
  }

  /// `nil` where the report does not know these bytes under this name.
  func claim(_ name: MemberName, _ content: [UInt8]) -> Claim? {
    claims[Key(folder: name.folder, stem: name.stem, sha256: SHA256.hex(content))]
  }

  private static func claim(_ lock: JSONValue, isLock: Bool) -> Claim {
    guard isLock else { return .stray }
    if lock["defect"]?["kind"]?.stringValue != nil { return .defective }
    return lock["time"]?.stringValue == nil ? .unopened : .sound
  }
}
