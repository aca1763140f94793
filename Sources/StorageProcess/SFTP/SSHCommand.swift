internal import ChildPrograms
internal import ResticStorage

/// How ssh is started: the way restic 0.19.1 starts it.
enum SSHCommand {
  /// The program and its arguments.
  ///
  /// Of the options, which are those of the namespace `sftp`, `sftp.command` replaces everything; `sftp.args` are put
  /// in, split as restic splits them.
  static func arguments(
    for location: SFTPLocation, options: [String: String]
  ) throws(TransportError) -> [String] {
    let command = options["command"] ?? ""
    let extra = options["args"] ?? ""
    guard command.isEmpty || extra.isEmpty else {
      throw TransportError(
        "the extended options sftp.command and sftp.args are both given, and the first replaces the second",
        hint: "put the arguments into sftp.command, or leave it out")
    }
    if !command.isEmpty { return try split(command, what: "the extended option sftp.command") }
    var arguments = ["ssh", location.host]
    if let port = location.port { arguments += ["-p", String(port)] }
    if let user = location.user { arguments += ["-l", user] }
    if !extra.isEmpty { arguments += try split(extra, what: "the extended option sftp.args") }
    return arguments + ["-s", "sftp"]
  }

  static func split(_ text: String, what: String) throws(TransportError) -> [String] {
    do throws(CommandLineError) {
      return try CommandLineSplitter.split(text, what: what)
    } catch {
      throw TransportError(error.description, hint: "quote it as for restic")
    }
  }
}
