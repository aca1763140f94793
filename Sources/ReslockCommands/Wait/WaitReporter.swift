#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif
internal import HostFacts
internal import ResticFormat
internal import ResticInputs
internal import ResticLocks

/// Tells of a wait while it lasts: who is waited for, what they do, what was removed; each change once.
struct WaitReporter {
  let context: CommandContext
  let output: OutputFlags
  let operation: ResticOperation
  let version: ResticVersion
  let journal: Journal?
  /// The holders that were told of last.
  private var told: Set<String> = []
  private(set) var failure: (any Error)?

  init(
    _ context: CommandContext, _ output: OutputFlags, operation: ResticOperation, version: ResticVersion,
    journal: Journal?
  ) {
    self.context = context
    self.output = output
    self.operation = operation
    self.version = version
    self.journal = journal
  }

  mutating func tell(_ event: OperationWaiter.Event) {
    clear()
    switch event {
    case .look(let look): tell(look)
    case .observation(let event):
      guard isOfInterest(event) else { return }
      write(ObserveDocument.json(event, version: version), lines: [ObserveText.line(event)])
    case .unlocked(let report):
      let text = UnlockText(
        report: report, journal: journal, operation: operation, version: version,
        terminal: Terminal(usesColour: false), isQuiet: true)
      write(UnlockDocument.json(report, journal: journal, version: version), lines: text.lines())
      for line in report.sightings.map(UnlockText.warning) { StandardStreams.tell(line) }
      for line in report.troubles { StandardStreams.tell("error: \(TerminalText.escaped(line))") }
    case .sightings(let sightings):
      for line in sightings.map(UnlockText.warning) { StandardStreams.tell(line) }
    case .unlockFailed(let reason):
      StandardStreams.tell("error: nothing could be removed: \(TerminalText.escaped(reason))")
    }
  }

  func clear() {
    PassingLine.erase()
  }

  private mutating func tell(_ look: OperationWaiter.Look) {
    guard look.check.isBlocked else { return }
    // A refresh is a new lock of the same holder.
    let holders = Set(
      look.check.blockers.map { assessment in
        assessment.lock.record.map {
          "\($0.hostname)\u{0}\($0.username)\u{0}\($0.pid)\u{0}\($0.uid)\u{0}\($0.isExclusive)"
        } ?? assessment.lock.name
      })
    if holders != told {
      told = holders
      let now = context.surroundings.clock.read().now
      write(WaitDocument.json(look, time: now), lines: [WaitText.waiting(look)])
    } else if isShown {
      PassingLine.show(String(WaitText.passing(look).prefix(78)))
    }
  }

  /// What happens to locks that are in nobody's way is no news; a new lock that is, the next look tells.
  private func isOfInterest(_ event: ObservationEvent) -> Bool {
    guard let assessment = event.assessment else { return true }
    let forecast = try? Forecast.of(operation, obstacles: [assessment.lock.obstacle], version: version)
    return event.kind != .new && forecast?.isBlocked == true
  }

  private var isShown: Bool { !output.json && !output.quiet && isatty(STDERR_FILENO) == 1 }

  private mutating func write(_ document: JSONValue, lines: [String]) {
    if output.json {
      do {
        try StandardStreams.writeAnswer(document.text + "\n")
      } catch {
        failure = failure ?? error
      }
    } else if !output.quiet {
      for line in lines { StandardStreams.tell(line) }
    }
  }
}
