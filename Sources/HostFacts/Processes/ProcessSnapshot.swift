/// One look at all processes of this machine, for the PIDs that locks name.
package struct ProcessSnapshot: Hashable, Sendable {
  package let clock: ClockReading
  package let visibility: ProcessVisibility
  /// One entry for each PID that was asked for.
  package let facts: [Int64: PIDFacts]
  /// Processes that were seen, ours included.
  package let processCount: Int
  /// Sentences on what kept this look from being complete: processes that could not be read, a kernel that
  /// does not tell the PIDs inside containers.
  ///
  /// Processes that ended meanwhile are none. Does not repeat `visibility`'s.
  package let scanHindrances: [String]

  package init(
    clock: ClockReading, visibility: ProcessVisibility = ProcessVisibility(),
    facts: [Int64: PIDFacts] = [:], processCount: Int = 0, scanHindrances: [String] = []
  ) {
    self.clock = clock
    self.visibility = visibility
    self.facts = facts
    self.processCount = processCount
    self.scanHindrances = scanHindrances
  }

  /// Why a process might exist unseen, for people; empty when none could.
  package var hindrances: [String] { visibility.hindrances + scanHindrances }

  /// The facts about `pid`; one that was not asked for is undecided.
  package func facts(for pid: Int64) -> PIDFacts {
    facts[pid] ?? PIDFacts(pid: pid, signalZero: .undecided)
  }
}
