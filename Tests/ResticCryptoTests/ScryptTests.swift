import ResticCrypto
import Testing

/// The kernels that run here.
private let kernels = ScryptKernel.allCases.filter(\.isSupported)

@Suite("scrypt")
struct ScryptTests {
  @Test("gives the keys of RFC 7914 with every kernel", arguments: kernels, ScryptVector.all.prefix(3))
  func publishedVectors(kernel: ScryptKernel, vector: ScryptVector) async throws {
    for processorCount in 1...3 {
      let key = try await Scrypt.deriveKey(
        password: SecretBytes(copying: vector.password.utf8), salt: Array(vector.salt.utf8),
        parameters: ScryptParameters(N: vector.N, r: vector.r, p: vector.p), kernel: kernel,
        processorCount: processorCount)
      #expect(key.exposed == bytes(vector.key))
    }
  }

  @Test("gives the key of RFC 7914 that takes 1 GiB, where more than the standard limit is allowed")
  func largeVector() async throws {
    let vector = ScryptVector.all[3]
    let password = SecretBytes(copying: vector.password.utf8)
    let salt = Array(vector.salt.utf8)
    let parameters = try ScryptParameters(N: vector.N, r: vector.r, p: vector.p)
    await #expect(
      throws: ScryptError.memoryLimit(neededByteCount: (1 << 30) + 3072, allowedByteCount: 1 << 30)
    ) {
      try await Scrypt.deriveKey(password: password, salt: salt, parameters: parameters)
    }
    let key = try await Scrypt.deriveKey(
      password: password, salt: salt, parameters: parameters, limits: .unlimited)
    #expect(key.exposed == bytes(vector.key))
  }

  @Test("agrees with OpenSSL on random parameters, passwords and salts", arguments: kernels)
  func agreesWithOpenSSL(kernel: ScryptKernel) async throws {
    var generator = SeededGenerator(seed: 7914)
    for _ in 0..<150 {
      let r = Int.random(in: 1...20, using: &generator)
      // RFC 7914 demands N < 2^(128 * r / 8), and OpenSSL heeds it.
      let N = 1 << Int.random(in: 1...(r == 1 ? 9 : 10), using: &generator)
      let p = Int.random(in: 1...13, using: &generator)
      let password = generator.bytes(count: [0, 1, 8, 64, 65, 300].randomElement(using: &generator) ?? 0)
      let salt = generator.bytes(count: [0, 1, 63, 64, 65, 200].randomElement(using: &generator) ?? 0)
      let byteCount = [1, 32, 64, 65, 200].randomElement(using: &generator) ?? 64
      try await compareWithOpenSSL(
        password: password, salt: salt, parameters: ScryptParameters(N: N, r: r, p: p), byteCount: byteCount,
        kernel: kernel, processorCount: Int.random(in: 1...4, using: &generator))
    }
  }

  @Test(
    "agrees with OpenSSL on awkward passwords",
    arguments: [[], [0], [0x61, 0, 0x62], [0xff, 0xfe], [UInt8](repeating: 0x70, count: 100_000)])
  func awkwardPasswords(password: [UInt8]) async throws {
    try await compareWithOpenSSL(
      password: password, salt: [UInt8](repeating: 1, count: 64),
      parameters: ScryptParameters(N: 64, r: 8, p: 3))
  }

  @Test("agrees with OpenSSL on any number of lanes, odd ones too", arguments: kernels, 1...9)
  func laneCounts(kernel: ScryptKernel, p: Int) async throws {
    for processorCount in 1...3 {
      try await compareWithOpenSSL(
        password: Array("correct horse battery staple".utf8), salt: [1, 2, 3],
        parameters: ScryptParameters(N: 128, r: 8, p: p), kernel: kernel, processorCount: processorCount)
    }
  }

  @Test("agrees with OpenSSL on block sizes beyond the cache", arguments: kernels, [100, 1000])
  func largeBlocks(kernel: ScryptKernel, r: Int) async throws {
    try await compareWithOpenSSL(
      password: [1], salt: [2], parameters: ScryptParameters(N: 16, r: r, p: 5), kernel: kernel)
  }

  @Test("derives restic's usual key as OpenSSL does", arguments: kernels)
  func usualParameters(kernel: ScryptKernel) async throws {
    try await compareWithOpenSSL(
      password: Array("correct horse battery staple".utf8), salt: [UInt8](0..<64),
      parameters: ScryptParameters(N: 32768, r: 8, p: 3), kernel: kernel)
  }

  @Test("computes r = 1 with N = 65536, which restic allows and OpenSSL refuses")
  func beyondTheRFC() async throws {
    let parameters = try ScryptParameters(N: 65536, r: 1, p: 2)
    var keys: Set<[UInt8]> = []
    for kernel in kernels {
      let key = try await Scrypt.deriveKey(
        password: SecretBytes(copying: [1]), salt: [2], parameters: parameters, kernel: kernel)
      keys.insert(key.exposed)
    }
    #expect(keys.count == 1)
    #expect(throws: ScryptError.openSSL(OpenSSLFailure(operation: "SCRYPT"))) {
      try Scrypt.deriveKeyWithOpenSSL(password: SecretBytes(copying: [1]), salt: [2], parameters: parameters)
    }
  }

  @Test("gives the same key one lane at a time, when memory allows no more", arguments: kernels)
  func memoryForOneLane(kernel: ScryptKernel) async throws {
    let parameters = try ScryptParameters(N: 256, r: 8, p: 6)
    // V, X twice, and the blocks of all lanes.
    let needed = 256 * 1024 + 2 * 1024 + 6 * 1024
    for laneCount in 1...7 {
      let limits = ScryptLimits(memoryByteCount: needed + (laneCount - 1) * 258 * 1024, coreCallCount: .max)
      try await compareWithOpenSSL(
        password: [1], salt: [2], parameters: parameters, limits: limits, kernel: kernel, processorCount: 2)
    }
    await #expect(
      throws: ScryptError.memoryLimit(neededByteCount: needed, allowedByteCount: needed - 1)
    ) {
      try await Scrypt.deriveKey(
        password: SecretBytes(copying: [1]), salt: [2], parameters: parameters,
        memoryLimitByteCount: needed - 1)
    }
  }

  @Test("refuses parameters that would take hours, unless the limits allow it")
  func workLimit() async throws {
    let parameters = try ScryptParameters(N: 1 << 20, r: 1, p: 1 << 20)
    let needed = 1 << 42
    await #expect(
      throws: ScryptError.workLimit(neededCoreCallCount: needed, allowedCoreCallCount: 1 << 32)
    ) {
      try await Scrypt.deriveKey(password: SecretBytes(copying: [1]), salt: [2], parameters: parameters)
    }
    let small = try ScryptParameters(N: 16, r: 1, p: 1)
    await #expect(throws: ScryptError.workLimit(neededCoreCallCount: 64, allowedCoreCallCount: 63)) {
      try await Scrypt.deriveKey(
        password: SecretBytes(copying: [1]), salt: [2], parameters: small,
        limits: ScryptLimits(memoryByteCount: 1 << 20, coreCallCount: 63))
    }
  }

  @Test("refuses a key of no bytes or of negative length", arguments: [0, -1, Int.min, 1 << 31])
  func keyLength(byteCount: Int) async throws {
    let parameters = try ScryptParameters(N: 16, r: 1, p: 1)
    await #expect(throws: ScryptError.keyLengthOutOfRange(byteCount: byteCount)) {
      try await Scrypt.deriveKey(
        password: SecretBytes(copying: [1]), salt: [2], parameters: parameters, byteCount: byteCount)
    }
  }

  @Test("ends soon after its task is cancelled", .timeLimit(.minutes(15)), arguments: kernels)
  func cancellation(kernel: ScryptKernel) async throws {
    // Some minutes of work.
    let parameters = try ScryptParameters(N: 1 << 18, r: 8, p: 256)
    let derivation = Task {
      try await Scrypt.deriveKey(
        password: SecretBytes(copying: [1]), salt: [2], parameters: parameters, limits: .unlimited,
        kernel: kernel, processorCount: 2)
    }
    try await Task.sleep(for: .milliseconds(50))
    derivation.cancel()
    await #expect(throws: ScryptError.cancelled) { try await derivation.value }
  }

  @Test("does not begin in a task that is cancelled already")
  func cancelledBefore() async throws {
    let parameters = try ScryptParameters(N: 16, r: 1, p: 1)
    let derivation = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await Scrypt.deriveKey(
        password: SecretBytes(copying: [1]), salt: [2], parameters: parameters)
    }
    await #expect(throws: ScryptError.cancelled) { try await derivation.value }
  }

  private func compareWithOpenSSL(
    password: [UInt8], salt: [UInt8], parameters: ScryptParameters, byteCount: Int = 64,
    limits: ScryptLimits = .unlimited, kernel: ScryptKernel = .fastest, processorCount: Int = 2
  ) async throws {
    let password = SecretBytes(copying: password)
    let expected = try Scrypt.deriveKeyWithOpenSSL(
      password: password, salt: salt, parameters: parameters, byteCount: byteCount, limits: .unlimited)
    let key = try await Scrypt.deriveKey(
      password: password, salt: salt, parameters: parameters, byteCount: byteCount, limits: limits,
      kernel: kernel, processorCount: processorCount)
    #expect(
      key.exposed == expected.exposed,
      """
      N=\(parameters.N) r=\(parameters.r) p=\(parameters.p), password of \(password.byteCount) bytes, salt of \
      \(salt.count), key of \(byteCount), on \(processorCount)
      """)
  }
}
