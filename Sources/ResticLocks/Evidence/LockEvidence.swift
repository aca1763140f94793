package import HostFacts
package import WallTime

/// All that is known about one lock beyond its own bytes.
package struct LockEvidence: Sendable, Hashable {
  package let clock: ClockReading
  package let soundness: ClockSoundness
  /// The time inside the lock.
  package let lockTime: UnixTime?
  package let silence: Silence
  package let host: HostMatch
  package let process: ProcessEvidence
  package let lineage: LineageEvidence
  /// Whether the repository lies on a file system that only this machine mounts; `nil` for remote repositories.
  package let locality: FileSystemLocality?

  package init(
    clock: ClockReading, soundness: ClockSoundness, lockTime: UnixTime?, silence: Silence, host: HostMatch,
    process: ProcessEvidence, lineage: LineageEvidence = LineageEvidence(),
    locality: FileSystemLocality? = nil
  ) {
    self.clock = clock
    self.soundness = soundness
    self.lockTime = lockTime
    self.silence = silence
    self.host = host
    self.process = process
    self.lineage = lineage
    self.locality = locality
  }
}
