import CScrypt
import Testing

@testable import ResticCrypto

@Suite("scrypt memory")
struct ScryptMemoryTests {
  @Test(
    "is zeroed, aligned to a large page and wholly writable", arguments: [1, 4096, 2 << 20, (2 << 20) + 1])
  func fresh(byteCount: Int) throws {
    let memory = try #require(ScryptMemory(byteCount: byteCount))
    #expect(memory.bytes.count == byteCount)
    #expect(Int(bitPattern: memory.address) % (2 << 20) == 0)
    #expect(memory.bytes.allSatisfy { $0 == 0 })
    memory.bytes[0] = 1
    memory.bytes[byteCount - 1] = 1
  }

  @Test("is not had beyond what the system can map", arguments: [0, -1, Int.min, Int.max, 1 << 60])
  func unavailable(byteCount: Int) {
    #expect(ScryptMemory(byteCount: byteCount) == nil)
  }

  @Test("is erased")
  func erased() throws {
    let memory = try #require(ScryptMemory(byteCount: 5000))
    memory.bytes.initializeMemory(as: UInt8.self, repeating: 0xa5)
    cscrypt_erase(memory.address, memory.byteCount)
    #expect(memory.bytes.allSatisfy { $0 == 0 })
  }
}
