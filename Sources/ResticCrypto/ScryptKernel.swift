internal import CScrypt

/// The instructions that scrypt's lanes are computed with; all give the same key.
package enum ScryptKernel: Sendable, Hashable, CaseIterable {
  /// 128-bit vectors: SSE2 or NEON, which every processor of its kind has.
  case generic
  /// 256-bit vectors, two lanes in each.
  case avx2
  /// Vectors of up to 512 bits with rotations, four lanes in each.
  case avx512

  /// The most lanes computed at once.
  static let maximumLaneCount = Int(CSCRYPT_MAXIMUM_LANE_COUNT)

  /// The last of `allCases` that runs here.
  package static let fastest = allCases.last(where: \.isSupported) ?? .generic

  /// Whether it is compiled in and this processor and system run it.
  package var isSupported: Bool { cscrypt_kernel_is_supported(cKernel) != 0 }

  var cKernel: cscrypt_kernel {
    switch self {
    case .generic: cscrypt_kernel_generic
    case .avx2: cscrypt_kernel_avx2
    case .avx512: cscrypt_kernel_avx512
    }
  }
}
