/// Where the password comes from, before it is read.
package struct PasswordInput: Hashable, Sendable {
  /// `nil` when nothing gives a password: then a person is asked, or standard input is read.
  package let source: PasswordSource?
  /// `--insecure-no-password`: the password is the empty one.
  package let isInsecureNoPassword: Bool

  package init(source: PasswordSource?, isInsecureNoPassword: Bool = false) {
    self.source = source
    self.isInsecureNoPassword = isInsecureNoPassword
  }

  static let contradiction = InputError(
    .usage, "--insecure-no-password and a password exclude each other",
    hint: "leave the flag out, or the password file, command or variable")
}

package enum PasswordSource: Hashable, Sendable, CustomStringConvertible {
  /// A program and its arguments; its output, trimmed, is the password.
  case command([String])
  /// A file; its text, trimmed, is the password.
  case file(String)
  /// An environment variable; its value as it is, is the password.
  case variable(String)

  /// Names the source, not what it gives; a command's arguments may be secret, and stay out.
  package var description: String {
    switch self {
    case .command(let arguments): "the password command \(arguments.first ?? "")"
    case .file(let path): "the password file \(path)"
    case .variable(let name): name
    }
  }
}
