import ResticCrypto

/// Measures the derivation of restic's usual key beside OpenSSL's, by turns in this one process.
///
/// `scrypt-bench` measures the kernel that would be chosen here, `scrypt-bench all` each that runs here.
@main
enum ScryptBench {
  static func main() async throws {
    let password = SecretBytes(copying: Array("correct horse battery staple".utf8))
    let salt = [UInt8](0..<64)
    let parameters = try ScryptParameters(N: 32768, r: 8, p: 6)

    let kernels =
      CommandLine.arguments.contains("all") ? ScryptKernel.allCases.filter(\.isSupported) : [.fastest]
    for kernel in kernels {
      for coreCount in 1...2 {
        var reference = Timings()
        var ours = Timings()
        for _ in 0..<10 {
          let expected = try reference.measure {
            try Scrypt.deriveKeyWithOpenSSL(password: password, salt: salt, parameters: parameters)
          }
          let key = try await ours.measure {
            try await Scrypt.deriveKey(
              password: password, salt: salt, parameters: parameters, kernel: kernel,
              processorCount: coreCount)
          }
          precondition(key.withUnsafeBytes { Array($0) } == expected.withUnsafeBytes { Array($0) })
        }
        print(
          "scrypt N=32768 r=8 p=6 kernel=\(kernel) cores=\(coreCount)",
          "OpenSSL \(reference.medianMilliseconds) ms", "ours \(ours.medianMilliseconds) ms",
          "ratio \((reference.median / ours.median).rounded(toPlaces: 2))", separator: "  ")
      }
    }
    try measureOpening()
  }

  /// 10,000 sealed boxes of a lock's usual size.
  private static func measureOpening() throws {
    guard let key = SealingKey(derived: SecretBytes(copying: [UInt8](1...64))),
      let box = key.seal([UInt8](repeating: 0x61, count: 115), nonce: [UInt8](1...16))
    else { return }
    var timings = Timings()
    for _ in 0..<10 {
      try timings.measure { for _ in 0..<10_000 { _ = try key.open(box) } }
    }
    print(
      "open 10,000 sealed boxes of \(box.count) bytes", "\(timings.medianMilliseconds) ms", separator: "  ")
  }
}
