import ResticCrypto
import Testing

@Suite("Sealing key")
struct SealingKeyTests {
  private static let material = [UInt8](1...64)
  private let nonce = [UInt8](101...116)

  private func key(_ material: [UInt8] = material) throws -> SealingKey {
    try #require(SealingKey(derived: SecretBytes(copying: material)))
  }

  private func sealed(_ plaintext: [UInt8]) throws -> [UInt8] {
    try #require(try key().seal(plaintext, nonce: nonce))
  }

  @Test("opens what it sealed, 32 bytes longer", arguments: [0, 1, 15, 16, 17, 147, 5000])
  func roundTrip(byteCount: Int) throws {
    let plaintext = (0..<byteCount).map { UInt8(truncatingIfNeeded: $0 * 7) }
    let box = try sealed(plaintext)
    #expect(box.count == byteCount + 32)
    #expect(Array(box.prefix(16)) == nonce)
    #expect(try key().open(box).exposed == plaintext)
  }

  @Test("is nonce, AES-256-CTR of the plaintext, Poly1305-AES of the ciphertext alone")
  func composition() throws {
    let plaintext = Array(#"{"time":"2024-01-01T00:00:00Z"}"#.utf8)
    let ciphertext = try AES256CTR.apply(
      to: plaintext, key: SecretBytes(copying: Self.material[0..<32]), counter: nonce
    ).exposed
    let tag = try Poly1305AES.tag(
      of: ciphertext, k: SecretBytes(copying: Self.material[32..<48]),
      r: SecretBytes(copying: Self.material[48..<64]), nonce: nonce)
    #expect(try sealed(plaintext) == nonce + ciphertext + tag)
  }

  @Test("fails authentication for every flipped bit of nonce, ciphertext and tag")
  func bitFlips() throws {
    let key = try key()
    let box = try sealed(Array("a lock".utf8))
    for bit in 0..<(box.count * 8) {
      var changed = box
      changed[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(throws: SealError.authenticationFailed) { try key.open(changed) }
    }
  }

  @Test("fails authentication when cut anywhere, and is too short below 32 bytes")
  func truncation() throws {
    let key = try key()
    let box = try sealed(Array("a lock".utf8))
    for byteCount in 0..<box.count {
      let expected: SealError = byteCount < 32 ? .tooShort(byteCount: byteCount) : .authenticationFailed
      #expect(throws: expected) { try key.open(Array(box.prefix(byteCount))) }
    }
    #expect(throws: SealError.authenticationFailed) { try key.open(box + [0]) }
  }

  @Test("refuses an all-zero nonce even under a right tag")
  func zeroNonce() throws {
    let zero = [UInt8](repeating: 0, count: 16)
    let tag = try Poly1305AES.tag(
      of: [1, 2, 3], k: SecretBytes(copying: Self.material[32..<48]),
      r: SecretBytes(copying: Self.material[48..<64]), nonce: zero)
    #expect(throws: SealError.zeroNonce) { try key().open(zero + [1, 2, 3] + tag) }
    #expect(try key().seal([1], nonce: zero) == nil)
    #expect(try key().seal([1], nonce: [1, 2, 3]) == nil)
  }

  @Test(
    "checks the tag before it decrypts: the encryption key has no part in authentication",
    arguments: [true, false])
  func authenticationFirst(tagIsRight: Bool) throws {
    var box = try sealed(Array("a lock".utf8))
    if !tagIsRight { box[box.count - 1] ^= 1 }
    var material = Self.material
    material[0] ^= 1
    let otherEncryption = try key(material)
    if tagIsRight {
      #expect(try otherEncryption.open(box).exposed != Array("a lock".utf8))
    } else {
      #expect(throws: SealError.authenticationFailed) { try otherEncryption.open(box) }
    }
  }

  @Test("does not open what another key sealed", arguments: [32, 40, 47, 48, 63])
  func wrongKey(changedByte: Int) throws {
    var material = Self.material
    material[changedByte] ^= changedByte == 63 ? 0x01 : 0x04
    let box = try sealed(Array("a lock".utf8))
    #expect(throws: SealError.authenticationFailed) { try key(material).open(box) }
  }

  @Test("needs 64 bytes with no part all zero", arguments: [0..<32, 32..<48, 48..<64])
  func invalidKeys(zeroed: Range<Int>) {
    var material = Self.material
    material.replaceSubrange(zeroed, with: [UInt8](repeating: 0, count: zeroed.count))
    #expect(SealingKey(derived: SecretBytes(copying: material)) == nil)
    material[zeroed.lowerBound + 3] = 1
    #expect(SealingKey(derived: SecretBytes(copying: material)) != nil)
    #expect(SealingKey(derived: SecretBytes(copying: material.dropLast())) == nil)
    #expect(SealingKey(derived: SecretBytes(copying: material + [1])) == nil)
  }

  @Test(
    "needs parts of 32, 16 and 16 bytes", arguments: [(31, 16, 16), (32, 15, 16), (32, 16, 17), (0, 0, 0)])
  func partLengths(encrypt: Int, k: Int, r: Int) {
    func part(_ byteCount: Int) -> SecretBytes {
      SecretBytes(copying: [UInt8](repeating: 1, count: byteCount))
    }
    #expect(SealingKey(encrypt: part(encrypt), k: part(k), r: part(r)) == nil)
    #expect(SealingKey(encrypt: part(32), k: part(16), r: part(16)) != nil)
  }

  @Test("shows no secret when printed")
  func description() throws {
    let key = try key()
    #expect(!"\(key)".contains("1, 2, 3"))
    #expect(SealError.tooShort(byteCount: 3).description.contains("3 bytes"))
  }
}
