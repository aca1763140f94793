package import HostFacts

/// Processes in words, with secrets in their command lines hidden.
package enum ProcessText {
  package static func commandLine(_ process: ProcessFacts) -> String? { text(process.commandLine) }

  /// A child process in one line: `4713 ssh backup@nas -s sftp (sleeping)`.
  package static func line(_ child: ProcessFacts.Child) -> String {
    let command = text(child.commandLine) ?? child.commandName
    return "\(child.hostPID) \(command)" + (child.state.map { " (\($0.words))" } ?? "")
  }

  private static func text(_ commandLine: ProcessFacts.CommandLine) -> String? {
    guard case .readable(let arguments) = commandLine, !arguments.isEmpty else { return nil }
    return CommandLineText.text(arguments)
  }
}
