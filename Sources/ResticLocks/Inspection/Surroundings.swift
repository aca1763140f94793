package import HostFacts

/// Everything outside the repository that a judgement depends on, so that tests can choose it.
package struct Surroundings: Sendable {
  package var clock: HostClock
  package var host: HostIdentity
  package var processes: ProcessTable
  package var ownPID: Int64
  package var sightings: SightingsStore
  package var sleep: @Sendable (Duration) async throws -> Void

  package init(
    clock: HostClock, host: HostIdentity, processes: ProcessTable, ownPID: Int64,
    sightings: SightingsStore = .none,
    sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
  ) {
    self.clock = clock
    self.host = host
    self.processes = processes
    self.ownPID = ownPID
    self.sightings = sightings
    self.sleep = sleep
  }
}

/// What the user declares about machine and locks.
package struct JudgementOptions: Sendable {
  package enum Rules: String, Sendable, CaseIterable {
    case reslock
    /// As `restic unlock` of the newest version would judge, without its two bugs.
    case restic
  }

  package var rules = Rules.reslock
  /// Other names that this machine has or had.
  package var hostAliases: Set<String> = []
  /// This machine's clock is right, although the kernel can't tell.
  package var trustsClock = false
  /// The path of a restic that has another name.
  package var resticExecutable: String?

  package init() {}
}
