/// What backends read of the machine besides the location: variables and files that hold their credentials.
package struct StorageEnvironment: Sendable {
  /// A variable's value; `nil` where it is not set or empty.
  package let variable: @Sendable (_ name: String) -> String?
  /// A small file's bytes; `nil` where it can't be read.
  package let file: @Sendable (_ path: String) -> [UInt8]?

  /// The environment of programs that are started, `NAME=value` each; `nil` leaves it to be this process's own.
  package let childVariables: [[UInt8]]?

  /// What a program prints, which may be a secret; `purpose` says in errors what it is for.
  package let output:
    @Sendable (_ arguments: [String], _ purpose: String) async throws(TransportError) -> [UInt8]

  package static let empty = StorageEnvironment(variable: { _ in nil }, file: { _ in nil })

  package init(
    variable: @escaping @Sendable (_ name: String) -> String?,
    file: @escaping @Sendable (_ path: String) -> [UInt8]?, childVariables: [[UInt8]]? = nil,
    output: @escaping @Sendable ([String], String) async throws(TransportError) -> [UInt8] = Self.noPrograms
  ) {
    self.variable = variable
    self.file = file
    self.childVariables = childVariables
    self.output = output
  }

  package static let noPrograms: @Sendable ([String], String) async throws(TransportError) -> [UInt8] = {
    (arguments, _) async throws(TransportError) in
    throw TransportError("the program \(arguments.first ?? "") is not started here", hint: "")
  }
}
