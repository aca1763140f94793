internal import ProcessSupervision
internal import ResticInputs
internal import ResticLocks
internal import WallTime

/// Runs a command with a repository watched around it.
struct GuardRun: Sendable {
  let program: CommandProgram
  let inherited: InheritedSignals
  let settings: GuardSettings
  let voice: GuardVoice

  /// How long a look afterwards may keep a command's exit code back.
  private static let afterSeconds: Double = 120

  /// Runs the command.
  ///
  /// - Parameters:
  ///   - watch: what looks at the repository afterwards; `nil` where no lock can be left.
  ///   - earlierNames: the locks that were there before.
  /// - Returns: the command's exit code.
  /// - Throws: `SupervisionError` where the command can't be started.
  func run(_ watch: GuardWatch?, earlierNames: Set<String>) async throws(SupervisionError) -> Int32 {
    let supervised = SupervisedCommand(
      program, inherited: inherited, timeoutSeconds: settings.timeoutSeconds,
      graceSeconds: settings.graceSeconds, wasInterrupted: { Interruption.hasCome }, onEvent: tell)
    let end = try await OwnThread.run { () throws(SupervisionError) in try supervised.run() }
    for pid in end.survivors {
      voice.tell(.survivor, "process \(pid) outlives SIGKILL: it hangs in the kernel")
    }
    guard let watch else { return end.exitCode }
    do {
      try await Interruption.cancelling(
        Task {
          try await TimeLimit.run(seconds: Self.afterSeconds) {
            try await watch.after(end, earlierNames: earlierNames)
          }
        })
    } catch {
      let failure = CommandFailure(error)
      let hint = error is LookTimeout ? nil : failure.hint
      voice.tell(
        .leftUnknown,
        "whether the command left a lock can't be told: \(failure.message)\(hint.map { "; \($0)" } ?? "")")
    }
    return end.exitCode
  }

  private func tell(_ event: SupervisedCommand.Event) {
    switch event {
    case .timedOut:
      voice.tell(
        .timeout,
        "the command has run for \(AgeText.text(seconds: settings.timeoutSeconds ?? 0)), and is asked to end")
    case .killing:
      voice.tell(
        .killing,
        "it has not ended within \(AgeText.text(seconds: settings.graceSeconds)), and is killed with all it started"
      )
    }
  }
}

/// Work that may take so long and no longer.
enum TimeLimit {
  /// - Throws: ``LookTimeout`` where it takes longer; what can't be cancelled is not waited for.
  static func run(seconds: Double, _ work: @escaping @Sendable () async throws -> Void) async throws {
    var result: Result<Void, any Error> = .failure(CancellationError())
    try await ManyRepositories(timeout: .seconds(seconds)).look(
      at: [0], { _ in try await work() }, handOver: { _, outcome in result = outcome })
    try result.get()
  }
}
