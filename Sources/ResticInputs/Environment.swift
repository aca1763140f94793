#if canImport(Glibc)
  // `environ` is a plain C variable; it is read here and written nowhere.
  @preconcurrency internal import Glibc
#elseif canImport(Darwin)
  @preconcurrency internal import Darwin
#endif
internal import ChildPrograms
package import ResticCrypto

/// The environment variables that inputs come from: the process's own, or given ones in tests.
package struct Environment: Sendable {
  private enum Source {
    case process
    case given([String: [UInt8]])
  }

  private let source: Source

  /// The variables of this process, looked up when they are asked for.
  package static let process = Environment(source: .process)

  private init(source: Source) { self.source = source }

  package init(_ variables: [String: String]) {
    self.init(source: .given(variables.mapValues { Array($0.utf8) }))
  }

  /// The value of a variable as text; an empty one is none, as it is to restic.
  package subscript(name: String) -> String? {
    withBytes(of: name) { $0.isEmpty ? nil : String(decoding: $0, as: UTF8.self) } ?? nil
  }

  /// The bytes of a variable, whatever their encoding; an empty one is none.
  package func secret(_ name: String) -> SecretBytes? {
    withBytes(of: name) { $0.isEmpty ? nil : SecretBytes(copying: $0) } ?? nil
  }

  /// The names of all variables.
  package var names: [String] { all.keys.sorted() }

  /// A copy with some variables taken out and others set; this one stays as it is.
  package func changed(hiding names: Set<String>, setting variables: [String: SecretBytes]) -> Environment {
    var result = all.filter { !names.contains($0.key) }
    for (name, value) in variables { result[name] = value.withUnsafeBytes { Array($0) } }
    return Environment(source: .given(result))
  }

  private var all: [String: [UInt8]] {
    switch source {
    case .given(let variables): return variables
    case .process:
      var variables: [String: [UInt8]] = [:]
      var next = environ
      while let text = next.pointee {
        let bytes = UnsafeRawBufferPointer(start: text, count: strlen(text))
        if let cut = bytes.firstIndex(of: UInt8(ascii: "=")), cut > 0 {
          let name = String(decoding: bytes[..<cut], as: UTF8.self)
          variables[name] = variables[name] ?? Array(bytes[(cut + 1)...])
        }
        next += 1
      }
      return variables
    }
  }

  /// Lends everything as C has it, `NAME=value` and a null at the end, for a child process.
  func withCStrings<Result>(
    _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
  ) -> Result {
    switch source {
    case .process: body(environ)
    case .given: CStrings.with(assignments ?? [], body)
    }
  }

  /// `NAME=value` for each variable; `nil` for the environment that a child of this process gets anyway.
  var assignments: [[UInt8]]? {
    guard case .given(let variables) = source else { return nil }
    return variables.map { Array($0.key.utf8) + [UInt8(ascii: "=")] + $0.value }
  }

  private func withBytes<Result>(of name: String, _ body: (UnsafeRawBufferPointer) -> Result) -> Result? {
    switch source {
    case .process: getenv(name).map { body(UnsafeRawBufferPointer(start: $0, count: strlen($0))) }
    case .given(let variables): variables[name].map { $0.withUnsafeBytes(body) }
    }
  }
}
