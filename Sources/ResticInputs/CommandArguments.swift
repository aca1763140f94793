internal import ChildPrograms

/// Splits commands that are inputs, with errors that are an input's.
package enum CommandArguments {
  /// At least one argument, else throws `.usage`, as it does for a quote that is not closed.
  ///
  /// `what` names the command in errors, which never quote it: `the password command`.
  package static func split(_ command: String, what: String) throws(InputError) -> [String] {
    do throws(CommandLineError) {
      return try CommandLineSplitter.split(command, what: what)
    } catch {
      throw InputError(.usage, error.description)
    }
  }
}
