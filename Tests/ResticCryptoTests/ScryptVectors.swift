import ResticCrypto
import Testing

/// A published result of scrypt.
struct ScryptVector: CustomTestStringConvertible {
  let password: String
  let salt: String
  let N: Int
  let r: Int
  let p: Int
  let key: String

  var testDescription: String { "N=\(N) r=\(r) p=\(p)" }

  /// RFC 7914, section 12.
  static let all = [
    ScryptVector(
      password: "", salt: "", N: 16, r: 1, p: 1,
      key: """
        77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442
        fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906
        """),
    ScryptVector(
      password: "password", salt: "NaCl", N: 1024, r: 8, p: 16,
      key: """
        fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162
        2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640
        """),
    ScryptVector(
      password: "pleaseletmein", salt: "SodiumChloride", N: 16384, r: 8, p: 1,
      key: """
        7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2
        d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887
        """),
    // 1 GiB exactly for V alone, so it needs a limit above the standard one.
    ScryptVector(
      password: "pleaseletmein", salt: "SodiumChloride", N: 1_048_576, r: 8, p: 1,
      key: """
        2101cb9b6a511aaeaddbbe09cf70f881ec568d574a2ffd4dabe5ee9820adaa47
        8e56fd8f4ba5d09ffa1c6d927c40f4c337304049e8a952fbcbf45c6fa77a41a4
        """),
  ]
}
