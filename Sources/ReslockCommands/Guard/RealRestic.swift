internal import ChildPrograms
internal import ProcessSupervision
internal import ResticInputs

/// Where the restic is that the one called `restic` stands for.
enum RealRestic {
  /// RESLOCK_RESTIC, else the next `restic` of PATH that is not this very program.
  ///
  /// - Throws: `.commandNotFound`, `.usage` where RESLOCK_RESTIC leads back here.
  static func find(_ environment: Environment) throws -> String {
    let searchPath = environment["PATH"] ?? "/usr/bin:/bin"
    if let configured = environment["RESLOCK_RESTIC"] {
      let program = try CommandProgram([configured], searchPath: searchPath)
      guard !ResticProgram.isOurselves(program.path) else {
        throw InputError(
          .usage, "RESLOCK_RESTIC leads back to reslock", hint: "name the real restic with its full path")
      }
      return program.path
    }
    let folders = searchPath.split(separator: ":").map(String.init)
    for folder in folders {
      guard let path = ProgramPath.find("restic", path: folder), !ResticProgram.isOurselves(path) else {
        continue
      }
      return path
    }
    return try CommandProgram(["the real restic (RESLOCK_RESTIC, or in PATH)"], searchPath: "").path
  }
}
