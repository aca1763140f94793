internal import ChildPrograms
internal import ResticCrypto
internal import ResticInputs

extension FuzzTarget {
  static let inputTargets: [FuzzTarget] = [
    FuzzTarget("command") { bytes in
      let text = String(decoding: bytes, as: UTF8.self)
      guard let words = try? CommandLineSplitter.split(text, what: "the command") else { return }
      precondition(words.allSatisfy { !$0.isEmpty }, "empty words vanish")
    },
    FuzzTarget("password-file") { bytes in
      let password = SecretBytes(copying: bytes).decodedAndTrimmed()
      // A code unit of UTF-16 is two bytes, and at most three of UTF-8.
      precondition(password.byteCount <= bytes.count * 3 / 2 + 3, "more text than the file holds")
    },
  ]
}
