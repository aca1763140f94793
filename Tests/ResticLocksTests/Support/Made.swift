import HostFacts
import ResticFormat
import ResticLocks
import WallTime

/// Values for judging, each with the one field that a test is about.
enum Made {
  /// 2026-11-22T20:00:00Z, and ten hours after boot.
  static let now = UnixTime(seconds: 1_795_377_600)
  static let nowSinceBoot: Double = 36_000
  static let minute: Double = 60
  static let hour: Double = 3600
  static let day: Double = 86_400

  static func clock(
    _ synchronisation: ClockSynchronisation = .synchronised(maximumErrorSeconds: 0.01), now: UnixTime = now,
    sinceBoot: Double = nowSinceBoot, bootID: String? = "boot-1"
  ) -> ClockReading {
    ClockReading(now: now, sinceBootSeconds: sinceBoot, bootID: bootID, synchronisation: synchronisation)
  }

  static func lockTime(secondsAgo: Double) -> LockTime {
    let instant = now.adding(seconds: -secondsAgo)
    return LockTime(text: instant.rfc3339, instant: instant)
  }

  static func record(
    secondsAgo: Double = 60, hostname: String = "web1", username: String = "root", pid: Int64 = 4711,
    uid: UInt32 = 0, isExclusive: Bool = false
  ) -> LockRecord {
    LockRecord(
      time: lockTime(secondsAgo: secondsAgo), isExclusive: isExclusive, hostname: hostname,
      username: username,
      pid: pid, uid: uid, gid: 0)
  }

  /// A measurement by a sound clock that may be a second off.
  static func sound(_ seconds: Double, uncertainty: Double = 1) -> SilenceMeasurement {
    SilenceMeasurement(seconds: seconds, uncertaintySeconds: uncertainty, isSound: true)
  }

  static func unsound(_ seconds: Double) -> SilenceMeasurement {
    SilenceMeasurement(seconds: seconds, uncertaintySeconds: nil, isSound: false)
  }

  /// Both clocks sound and of one opinion.
  static func silence(_ seconds: Double, observed: ObservedSilence? = nil) -> Silence {
    Silence(lockTime: sound(seconds), storage: sound(seconds), observed: observed)
  }

  static func host(_ lockHostname: String = "web1", ours: String = "web1", aliases: Set<String> = [])
    -> HostMatch
  {
    HostMatch(lockHostname: lockHostname, hostName: ours, aliases: aliases)
  }

  static func process(
    _ state: ProcessEvidence.State, startedAfterLockSeconds: Double? = nil,
    signalZero: PIDFacts.SignalZero? = nil
  ) -> ProcessEvidence {
    ProcessEvidence(
      state, ["the process is \(state)"], signalZero: signalZero,
      startedAfterLockSeconds: startedAfterLockSeconds)
  }

  static let localDisk = FileSystemLocality.local("ext")
  static let network = FileSystemLocality.shared("nfs")

  static func evidence(
    _ silence: Silence = silence(60), process: ProcessEvidence = process(.notHere),
    host: HostMatch = host("db7"),
    lineage: LineageEvidence = LineageEvidence(), locality: FileSystemLocality? = network,
    soundness: ClockSoundness = .synchronised(maximumErrorSeconds: 0.01), clock: ClockReading = clock()
  ) -> LockEvidence {
    LockEvidence(
      clock: clock, soundness: soundness, lockTime: now.adding(seconds: -(silence.lockTime?.seconds ?? 60)),
      silence: silence, host: host, process: process, lineage: lineage, locality: locality)
  }

  static func id(_ digit: Character) -> ObjectID {
    ObjectID(hex: String(repeating: digit, count: 64)) ?? ObjectID(hashOf: [])
  }

  static func lockFile(
    _ digit: Character = "a", record: LockRecord? = record(), modifiedSecondsAgo: Double? = 60,
    defect: LockDefect? = nil
  ) -> LockFile {
    LockFile(
      name: id(digit).hex, id: id(digit), byteCount: 147,
      modified: modifiedSecondsAgo.map { now.adding(seconds: -$0) }, record: record, defect: defect)
  }

  static func sibling(
    _ silence: Silence, isNewer: Bool = true, refreshSeenSecondsAgo: Double? = nil
  ) -> LineageSibling {
    LineageSibling(
      id: id("b"), silence: silence, isNewer: isNewer, refreshSeenSecondsAgo: refreshSeenSecondsAgo)
  }

  static func verdict(_ evidence: LockEvidence) -> Verdict? { LockJudge.judge(lockFile(), evidence).verdict }
}
