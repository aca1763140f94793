internal import ArgumentParser

/// How commands look at several repositories: `-r` repeated, or all of the configuration.
struct ManyOptions: ParsableArguments {
  @Flag(help: "Every repository of the configuration and its sources.")
  var all = false
  @Option(
    help: ArgumentHelp(
      "With several repositories, how long each may take: 30s unless said otherwise.", valueName: "duration"))
  var repositoryTimeout = DurationArgument(seconds: 30)

  var looks: ManyRepositories { ManyRepositories(timeout: .seconds(repositoryTimeout.seconds)) }

  /// For looks that last `seconds` longer by themselves, all at the same time: their threads sleep nearly always.
  func watches(seconds: Double) -> ManyRepositories {
    var watches = ManyRepositories(timeout: .seconds(repositoryTimeout.seconds + seconds))
    watches.width = 1000
    watches.cancellationGrace = .seconds(2)
    return watches
  }

  func validate() throws {
    guard repositoryTimeout.seconds > 0 else {
      throw ValidationError("--repository-timeout takes a span of time such as 30s or 2m")
    }
  }
}
