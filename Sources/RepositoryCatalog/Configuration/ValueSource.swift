/// Where a value comes from; it is read when the repository is looked at, not before.
package enum ValueSource: Sendable, Hashable {
  /// As it stands in the configuration.
  case given(HiddenText)
  /// A file; its text without the white space around it.
  case file(String)
  /// A program and its arguments; its output without the white space around it.
  case command([String])
  /// A variable of the environment that reslock was started in.
  case variable(String)

  /// Says where, and never what; the arguments of a command may be secret.
  package var description: String {
    switch self {
    case .given: "given in the configuration"
    case .file(let path): "file \(path)"
    case .command(let arguments): "command \(arguments.first ?? "")"
    case .variable(let name): "variable \(name)"
    }
  }
}
