/// The command line's part of `RepositoryInputs`, as given; `nil` where a flag was not given.
///
/// A flag given with an empty value hides its variable, as in restic.
package struct RepositoryFlags: Sendable {
  /// `-r`, `--repo`
  package var repository: String?
  /// `--repository-file`
  package var repositoryFile: String?
  /// `-p`, `--password-file`
  package var passwordFile: String?
  /// `--password-command`
  package var passwordCommand: String?
  /// `--insecure-no-password`
  package var isInsecureNoPassword = false
  /// `--key-hint`
  package var keyHint: String?
  /// `--master-key`
  package var masterKeyFile: String?
  /// Every `-o`, `--option`
  package var options: [String] = []

  package init() {}
}
