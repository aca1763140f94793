internal import ResticStorage

extension FuzzTarget {
  static let storageTargets: [FuzzTarget] = [
    FuzzTarget("location") { bytes in
      let text = String(decoding: bytes, as: UTF8.self)
      let shown = RepositoryLocation.hidingSecrets(in: text)
      precondition(RepositoryLocation.hidingSecrets(in: shown) == shown, "hiding twice hides more")
      do {
        _ = try RepositoryLocation(parsing: text)
      } catch {
        precondition(!"\(error)".isEmpty, "an error without words")
      }
    },
    FuzzTarget("extended-options") { bytes in
      let arguments = bytes.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
      _ = try? ExtendedOptions(arguments: arguments)
    },
  ]
}
