import Foundation
import ResticCrypto
import ResticFormat
import TestSupport
import Testing

@Suite("A lock file is judged in restic's order, and by its content before its name")
struct LockFileDecoderTests {
  let folder: TemporaryFolder
  let forges: [RepositoryForge]

  init() throws {
    let folder = try TemporaryFolder("decoder")
    self.folder = folder
    forges = try [1, 2].map { version in
      try RepositoryForge(
        at: folder.url.appendingPathComponent("\(version)"), version: version, password: nil)
    }
  }

  private func decode(_ file: [UInt8], name: ObjectID? = nil, version: Int = 2) -> LockFileContent {
    let decoder = LockFileDecoder(key: forges[version - 1].masterKey, repositoryVersion: version)
    return decoder.decode(file, name: name ?? ObjectID(hashOf: file))
  }

  @Test("each envelope", arguments: EnvelopeCase.all)
  func envelopes(_ lock: EnvelopeCase) throws {
    let content = decode(try forges[lock.version - 1].seal(lock.plaintext), version: lock.version)
    #expect(content.defect?.kind == lock.defect)
    #expect((content.record == nil) == (lock.defect != nil))
    if let defect = content.defect { #expect(defect.isAuthentic) }
    if let message = lock.message { #expect(content.defect?.message.contains(message) == true) }
  }

  @Test("sound content under a wrong name gives both the record and the defect")
  func misnamed() throws {
    let content = decode(try forges[1].seal(EnvelopeCase.json), name: ObjectID(hashOf: [1]))
    #expect(content.record?.hostname == "h")
    #expect(content.defect?.kind == .name)
    #expect(content.defect?.isAuthentic == true)
  }

  @Test("damaged content under a wrong name is a wrong hash, and says what is wrong with the content")
  func wrongHash() throws {
    var file = try forges[1].seal(EnvelopeCase.json)
    file[20] ^= 1
    let content = decode(file, name: ObjectID(hashOf: [1]))
    #expect(content.record == nil)
    #expect(content.defect?.kind == .hash)
    #expect(content.defect?.isAuthentic == false)
    #expect(content.defect?.message.contains("the authentication code is wrong") == true)
  }

  @Test("authentic content that is no lock, under a wrong name, is a wrong hash and still authentic")
  func authenticWrongHash() throws {
    let content = decode(try forges[1].seal(Array("[]".utf8)), name: ObjectID(hashOf: [1]))
    #expect(content.defect?.kind == .hash)
    #expect(content.defect?.isAuthentic == true)
  }

  @Test("an empty file is empty, whatever its name")
  func empty() {
    #expect(decode([]).defect?.kind == .empty)
    #expect(decode([], name: ObjectID(hashOf: [1])).defect?.kind == .empty)
  }

  @Test("a file of fewer bytes than the sealing takes is too short", arguments: 1..<32)
  func tooShort(_ byteCount: Int) {
    let content = decode([UInt8](repeating: 1, count: byteCount))
    #expect(content.defect?.kind == .tooShort)
    #expect(content.defect?.message.contains("\(byteCount) bytes") == true)
  }

  @Test("a nonce of zeros and another repository's key fail the authentication")
  func authentication() throws {
    #expect(decode([UInt8](repeating: 0, count: 40)).defect?.kind == .mac)
    #expect(decode(try forges[0].seal(EnvelopeCase.json)).defect?.kind == .mac)
  }

  @Test("a content that decompresses to more than 1 MiB is refused, one of 1 MiB is not")
  func outputLimit() throws {
    let limit = 1 << 20
    let fits = EnvelopeCase.json + [UInt8](repeating: 0x20, count: limit - EnvelopeCase.json.count)
    #expect(decode(try forges[1].seal([2] + ZstdCompressor.compress(fits))).record?.pid == 7)
    let bomb = ZstdCompressor.compress([UInt8](repeating: 0x20, count: 64 << 20))
    for plaintext in [[2] + ZstdCompressor.compress(fits + [0x20]), [2] + bomb] {
      let defect = decode(try forges[1].seal(plaintext)).defect
      #expect(defect?.kind == .encoding)
      #expect(defect?.message.contains("more than 1048576 bytes") == true)
    }
  }

  @Test("every byte of a lock file flipped or cut off is a defect of its kind", arguments: [1, 2])
  func everyByte(_ version: Int) throws {
    let file = try forges[version - 1].seal(
      version == 1 ? EnvelopeCase.json : [2] + ZstdCompressor.compress(EnvelopeCase.json))
    let name = ObjectID(hashOf: file)
    for index in file.indices {
      for bit in 0..<8 {
        var flipped = file
        flipped[index] ^= 1 << bit
        #expect(decode(flipped, name: name, version: version).defect?.kind == .hash)
        #expect(decode(flipped, version: version).defect?.kind == .mac)
      }
      let cut = Array(file.prefix(index))
      #expect(decode(cut, name: name, version: version).defect?.kind == (index == 0 ? .empty : .hash))
      let kind: LockDefect.Kind = index == 0 ? .empty : index < 32 ? .tooShort : .mac
      #expect(decode(cut, version: version).defect?.kind == kind)
    }
  }

  @Test("every byte of an authentic compressed content flipped or cut off never makes the decoder trap")
  func everyCompressedByte() throws {
    let json = Array(#"{"hostname":"\#((0..<600).map { "h\($0 % 37)" }.joined())","pid":7}"#.utf8)
    let frames = ZstdCompressor.compress(json, withChecksum: true)
    for index in frames.indices {
      for bit in 0..<8 {
        var flipped = frames
        flipped[index] ^= 1 << bit
        let content = decode(try forges[1].seal([2] + flipped))
        #expect(content.record == nil || content.record?.pid == 7)
      }
      #expect(decode(try forges[1].seal([2] + frames.prefix(index))).defect != nil)
    }
  }

  @Test("one decoder serves many tasks at once")
  func concurrency() async throws {
    let forge = forges[1]
    let decoder = LockFileDecoder(key: forge.masterKey, repositoryVersion: 2)
    let files = try (0..<200).map { pid in
      try forge.seal([2] + ZstdCompressor.compress(ForgedLock(pid: pid).json))
    }
    await withTaskGroup(of: Void.self) { group in
      for (pid, file) in files.enumerated() {
        group.addTask {
          #expect(decoder.decode(file, name: ObjectID(hashOf: file)).record?.pid == Int64(pid))
        }
      }
    }
  }
}
