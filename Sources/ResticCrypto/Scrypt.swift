internal import CScrypt

/// scrypt (RFC 7914), which turns a password into the key that opens a key file.
package enum Scrypt {
  /// The key that `password` yields, its lanes shared out over the processors and the vectors of each.
  ///
  /// - Parameters:
  ///   - password: Any bytes, also none.
  ///   - salt: Any bytes; restic's are 64, which is for the key file's reader to check.
  ///   - parameters: Checked as restic checks them.
  ///   - byteCount: The length of the key; restic's is 64.
  ///   - limits: What the derivation may cost.
  ///   - kernel: The instructions to use, which must be supported.
  ///   - processorCount: The most tasks to run side by side; nil for as many as this process has processors.
  /// - Returns: The key.
  /// - Throws: `ScryptError`; `.memoryLimit` only when not even one lane at a time fits, `.cancelled` within
  ///   milliseconds of the task's cancellation.
  package static func deriveKey(
    password: SecretBytes, salt: [UInt8], parameters: ScryptParameters, byteCount: Int = 64,
    limits: ScryptLimits = .standard, kernel: ScryptKernel = .fastest, processorCount: Int? = nil
  ) async throws(ScryptError) -> SecretBytes {
    try checkKeyLength(byteCount)
    let plan = try ScryptPlan(
      parameters: parameters, limits: limits, processorCount: processorCount ?? cscrypt_processor_count())
    let blocksByteCount = ScryptPlan.blocksByteCount(parameters)
    guard let blocks = ScryptMemory(byteCount: blocksByteCount) else {
      throw .outOfMemory(byteCount: blocksByteCount)
    }
    try unsafe salt.withUnsafeBufferPointer { salt throws(ScryptError) in
      try unsafe fill(blocks.bytes, password: password, salt: UnsafeRawBufferPointer(salt))
    }
    try await ScryptLanes(parameters: parameters, kernel: kernel, blocks: blocks).mix(plan: plan)
    return try unsafe SecretBytes(byteCount: byteCount) { key throws(ScryptError) in
      try unsafe fill(key, password: password, salt: UnsafeRawBufferPointer(blocks.bytes))
    }
  }

  /// The same with a limit on memory alone; the work is limited as `ScryptLimits.standard` says.
  package static func deriveKey(
    password: SecretBytes, salt: [UInt8], parameters: ScryptParameters, byteCount: Int = 64,
    memoryLimitByteCount: Int
  ) async throws(ScryptError) -> SecretBytes {
    var limits = ScryptLimits.standard
    limits.memoryByteCount = memoryLimitByteCount
    return try await deriveKey(
      password: password, salt: salt, parameters: parameters, byteCount: byteCount, limits: limits)
  }

  static func checkKeyLength(_ byteCount: Int) throws(ScryptError) {
    guard byteCount >= 1, byteCount <= Int(Int32.max) else {
      throw .keyLengthOutOfRange(byteCount: byteCount)
    }
  }

  private static func fill(
    _ output: UnsafeMutableRawBufferPointer, password: SecretBytes, salt: UnsafeRawBufferPointer
  ) throws(ScryptError) {
    do {
      try unsafe PBKDF2.fill(output, password: password, salt: salt)
    } catch {
      throw .openSSL(error)
    }
  }
}
