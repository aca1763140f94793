package import HostFacts
package import ResticFormat
package import WallTime

/// Measures a lock's silence on every basis there is.
package struct SilenceMeter: Sendable {
  package let clock: ClockReading
  package let soundness: ClockSoundness
  /// The storage's own clock, where it has one that is not ours; our clock stands in for it otherwise.
  package let storageNow: UnixTime?

  /// FAT rounds a file's time to two seconds, which is no step into the future.
  private static let fileTimeGranularitySeconds: Double = 2

  package init(clock: ClockReading, soundness: ClockSoundness, storageNow: UnixTime? = nil) {
    self.clock = clock
    self.soundness = soundness
    self.storageNow = storageNow
  }

  /// The silence of a lock with this `time` and modification time.
  ///
  /// A time in the future measures nothing: it is noted, and counts as a contradiction wherever one clock
  /// alone would decide.
  package func measure(time: LockTime?, modified: UnixTime?, observed: ObservedSilence?) -> Silence {
    var silence = Silence(observed: observed)
    if let time {
      let seconds = clock.now.secondsSince(time.instant)
      if seconds < 0 {
        silence.futureBases.insert(.lockTime)
        silence.notes.append(
          "the lock's time lies \(AgeText.text(seconds: -seconds)) in the future and is set aside")
      } else {
        silence.lockTime = SilenceMeasurement(
          seconds: seconds, uncertaintySeconds: soundness.uncertaintySeconds, isSound: soundness.isSound)
      }
    }
    if let modified {
      let seconds = (storageNow ?? clock.now).secondsSince(modified)
      if seconds < -Self.fileTimeGranularitySeconds {
        silence.futureBases.insert(.storage)
        silence.notes.append(
          "the file's time lies \(AgeText.text(seconds: -seconds)) in the future and is set aside")
      } else {
        silence.storage = storageMeasurement(max(0, seconds))
      }
    } else {
      silence.notes.append("the storage tells no file times")
    }
    return silence
  }

  /// A storage with a clock of its own needs nobody to vouch for ours.
  private func storageMeasurement(_ seconds: Double) -> SilenceMeasurement {
    if storageNow != nil {
      return SilenceMeasurement(
        seconds: seconds, uncertaintySeconds: Self.fileTimeGranularitySeconds + 1, isSound: true)
    }
    return SilenceMeasurement(
      seconds: seconds,
      uncertaintySeconds: soundness.uncertaintySeconds.map { $0 + Self.fileTimeGranularitySeconds },
      isSound: soundness.isSound)
  }
}
