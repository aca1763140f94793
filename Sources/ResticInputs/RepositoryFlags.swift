/// The command line's part of `RepositoryInputs`, as given; `nil` where a flag was not given.
///
/// A flag given with an empty value hides its variable, as in restic.
package struct RepositoryFlags: Sendable {
  /// The value of `-r`, `--repo`.
  package var repository: String?
  /// The value of `--repository-file`.
  package var repositoryFile: String?
  /// The value of `-p`, `--password-file`.
  package var passwordFile: String?
  /// The value of `--password-command`.
  package var passwordCommand: String?
  /// Where a configuration has the password from; any of the flags above hides it, as it hides all variables.
  package var passwordSource: PasswordSource?
  /// Whether `--insecure-no-password` was given.
  package var isInsecureNoPassword = false
  /// The value of `--key-hint`.
  package var keyHint: String?
  /// The value of `--master-key`.
  package var masterKeyFile: String?
  /// The values of every `-o`, `--option`, in order.
  package var options: [String] = []

  package init() {}
}
