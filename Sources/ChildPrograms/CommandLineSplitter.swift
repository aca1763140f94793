internal import ResticStorage

/// Splits a command as restic splits the commands of its options, which is not as a shell does.
///
/// - White space and unquoted backslashes part arguments; nothing is expanded.
/// - `'` and `"` begin and end quoted arguments, also in the middle of a word: `a"b c"d` is `a`, `b c`, `d`.
/// - A quote after a backslash is an ordinary character; the backslash stays inside quotes and parts outside them.
/// - Empty arguments vanish, even quoted ones.
package enum CommandLineSplitter {
  /// At least one argument, else throws, as it does for a quote that is not closed.
  ///
  /// `what` names the command in errors, which never quote it: `the password command`.
  package static func split(_ command: String, what: String) throws(CommandLineError) -> [String] {
    var arguments: [String] = []
    var argument = String.UnicodeScalarView()
    var openQuote: Unicode.Scalar?
    var previous: Unicode.Scalar?
    for scalar in command.unicodeScalars {
      let isQuote = previous != "\\" && (openQuote.map { $0 == scalar } ?? (scalar == "\"" || scalar == "'"))
      let parts: Bool
      if isQuote {
        openQuote = openQuote == nil ? scalar : nil
        // The quote does not become the previous character, as in restic.
        parts = true
      } else {
        previous = scalar
        parts = openQuote == nil && (scalar == "\\" || WhiteSpace.contains(scalar))
      }
      if !parts {
        argument.append(scalar)
      } else if !argument.isEmpty {
        arguments.append(String(argument))
        argument = String.UnicodeScalarView()
      }
    }
    if !argument.isEmpty { arguments.append(String(argument)) }

    if let openQuote {
      throw CommandLineError(
        description: "\(what) has a \(openQuote == "'" ? "single" : "double") quote that is not closed")
    }
    guard !arguments.isEmpty else { throw CommandLineError(description: "\(what) is empty") }
    return arguments
  }
}

/// Why a command can't be split into arguments; never quotes it, as it may hold a secret.
package struct CommandLineError: Error, Equatable, Sendable, CustomStringConvertible {
  package let description: String
}
