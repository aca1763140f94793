#if os(Linux)
  import Foundation
  import Glibc
  import HostFacts
  import ResticLocks
  import ResticStorage
  import TestSupport
  import WallTime

  extension ScenarioRepository {
    /// Unlocks as a run would whose clocks are that much ahead of this machine's.
    func unlockLater(bySeconds offset: Double) async throws -> UnlockReport {
      let clock = HostClock {
        let reading = HostClock.system.read()
        return ClockReading(
          now: reading.now.adding(seconds: offset), sinceBootSeconds: reading.sinceBootSeconds + offset,
          bootID: reading.bootID, synchronisation: reading.synchronisation)
      }
      let surroundings = Surroundings(
        clock: clock, host: HostIdentity(hostName: Machine.hostName, userID: 0), processes: .system,
        ownPID: Int64(getpid()))
      var options = JudgementOptions()
      options.trustsClock = true
      let storage = LocalStorage(path: url.path)
      let masterKey = forge.masterKey
      let session = RepositorySession(
        Inspector(storage: storage, surroundings: surroundings, options: options, locality: nil)
      ) { config, _ in
        try await RepositoryOpener(storage: storage).open(.masterKey(masterKey), config: config)
      }
      let unlocker = Unlocker(
        session: session, storage: storage, removal: LocalLockRemoval(storage), writer: nil,
        surroundings: surroundings)
      return try await unlocker.run(try await session.look(identifies: true), UnlockRequest())
    }
  }
#endif
