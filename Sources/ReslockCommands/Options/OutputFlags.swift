internal import ArgumentParser

/// How the answer is given, as restic spells it.
struct OutputFlags: ParsableArguments {
  @Flag(help: "Give the answer as JSON (README, \"JSON\").")
  var json = false
  @Flag(name: .shortAndLong, help: "Say less.")
  var quiet = false
  @Flag(name: .shortAndLong, help: "Say more; twice: the requests made too.")
  var verbose: Int

  func validate() throws {
    if quiet, verbose > 0 { throw ValidationError("--quiet and --verbose exclude each other") }
  }
}
