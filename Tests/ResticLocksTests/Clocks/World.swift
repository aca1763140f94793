import HostFacts
import ResticFormat
import TestSupport
import WallTime

@testable import ResticLocks

/// A holder that lives and refreshed its lock within the last five minutes, and all that is wrong around it.
///
/// Times are seconds of true time; 0 is the moment of judging.
struct World: CustomStringConvertible, Sendable {
  /// Who shares a clock with whom.
  enum Machines: CaseIterable {
    /// The holder, the file server and we are three machines.
    case three
    /// The holder writes to our disk from elsewhere.
    case ourDisk
    /// The holder runs on the file server.
    case holderOnFileServer
    /// The holder runs here.
    case one
  }

  enum Clock: CaseIterable { case none, holder, storage, ours }

  enum Process: CaseIterable { case visible, hidden, hiddenBehindAnotherProgram, missed, onAnotherHost }

  var machines = Machines.three
  var refreshAgo: Double = 60
  /// The one clock that is wrong, by how much when the lock was written, and by how much now.
  var wrongClock = Clock.none
  var errorAtWriting: Double = 0
  var errorNow: Double = 0
  /// The kernel calls our clock synchronised, rightly or not.
  var saysSynchronised = true
  var process = Process.onAnotherHost
  var hasFileTimes = true
  /// True times of earlier looks of ours in this boot, oldest first, negative.
  var earlierLooks: [Double] = []
  /// Leftovers of the holder's lineage: how long ago by true time, and how wrong the clocks were then.
  var leftovers: [(ago: Double, error: Double)] = []

  var description: String {
    "\(machines), refreshed \(refreshAgo) s ago, wrong: \(wrongClock) by \(errorAtWriting) s then, \(errorNow) s now, "
      + "\(saysSynchronised ? "" : "un")synchronised, \(process), \(hasFileTimes ? "" : "no ")file times, "
      + "looks at \(earlierLooks), leftovers \(leftovers)"
  }

  private func error(_ clock: Clock, _ error: Double) -> Double {
    switch (machines, clock, wrongClock) {
    case (_, _, .none): 0
    case (.three, _, _): clock == wrongClock ? error : 0
    case (.ourDisk, .holder, _): wrongClock == .holder ? error : 0
    case (.ourDisk, _, _): wrongClock == .holder ? 0 : error
    case (.holderOnFileServer, .ours, _): wrongClock == .ours ? error : 0
    case (.holderOnFileServer, _, _): wrongClock == .ours ? 0 : error
    case (.one, _, _): error
    }
  }

  /// Whether our own clock is wrong at the moment.
  var isOursWrongNow: Bool { error(.ours, errorNow) != 0 }

  private func wall(_ clock: Clock, at time: Double, _ error: Double) -> UnixTime {
    Made.now.adding(seconds: time + self.error(clock, error))
  }

  private func lock(_ digit: Character, at time: Double, error: Double) -> LockFile {
    let instant = wall(.holder, at: time, error)
    let hostname = process == .onAnotherHost ? "db7" : "web1"
    return LockFile(
      name: Made.id(digit).hex, id: Made.id(digit), byteCount: 147,
      modified: hasFileTimes ? wall(.storage, at: time, error) : nil,
      record: LockRecord(
        time: LockTime(text: "", instant: instant), isExclusive: false, hostname: hostname, username: "root",
        pid: 4711, uid: 0, gid: 0))
  }

  private var processes: ProcessTable {
    let running = machines == .one
    return ProcessTable { wanted in
      var found: [ProcessFacts] = []
      var hindrances: [String] = []
      var signalZero = PIDFacts.SignalZero.noSuchProcess
      switch process {
      case .visible where running:
        found = [ProcessLook.process(commandName: "restic", startedSecondsAgo: 1000)]
        signalZero = .exists
      case .hiddenBehindAnotherProgram:
        // Its start is given by today's clock, so it moves with the step.
        found = [ProcessLook.process(startedSecondsAgo: 900)]
        signalZero = .exists
      case .hidden: hindrances = ["processes of other users are hidden"]
      case .visible, .missed, .onAnotherHost: break
      }
      let facts = PIDFacts(pid: 4711, processes: found, signalZero: signalZero)
      return ProcessSnapshot(
        clock: Made.clock(), facts: wanted.contains(4711) ? [4711: facts] : [:], scanHindrances: hindrances)
    }
  }

  /// The verdict on the living holder's lock, reached through the code that a run takes.
  func verdict(now: UnixTime? = nil) -> Verdict? {
    let newest = lock("a", at: -refreshAgo, error: errorAtWriting)
    let replaced = lock("0", at: -refreshAgo - 300, error: errorAtWriting)
    let others = leftovers.enumerated().map { index, leftover in
      lock(Character(String(index + 1)), at: -leftover.ago, error: leftover.error)
    }
    var sightings: Sightings?
    for look in earlierLooks + [0] {
      // A refresh deletes the old file only after the new one is there; both are seen for a second.
      let live = [look > -refreshAgo + 1 ? nil : replaced, look >= -refreshAgo ? newest : nil].compactMap {
        $0
      }
      sightings = Sightings.after(
        sightings, listing: live + others, bootID: "boot-1", askedAtSeconds: Made.nowSinceBoot + look,
        answeredAtSeconds: Made.nowSinceBoot + look)
    }
    let clock = Made.clock(
      saysSynchronised ? .synchronised(maximumErrorSeconds: 0.01) : .unsynchronised,
      now: wall(.ours, at: 0, errorNow))
    let assessor = LockAssessor(
      surroundings: Surroundings(
        clock: HostClock { clock }, host: HostIdentity(hostName: "web1", userID: 0), processes: processes,
        ownPID: 99),
      options: JudgementOptions(),
      locality: machines == .one || machines == .ourDisk ? Made.localDisk : Made.network,
      sightings: sightings ?? Sightings(bootID: "boot-1", listedAtSeconds: Made.nowSinceBoot))
    return assessor.assess([newest] + others).first { $0.lock.name == newest.name }?.verdict
  }
}

extension World {
  /// A world at random; the same one for the same random numbers.
  init(_ random: TestRandom) {
    func number(_ range: ClosedRange<Double>) -> Double {
      range.lowerBound + (range.upperBound - range.lowerBound) * Double(random.next() >> 11) / Double(1 << 53)
    }
    func one<Value>(of values: [Value]) -> Value { values[Int(random.next() % UInt64(values.count))] }
    func clockError() -> Double {
      let size = one(of: [
        0, 3, 60, 601, 1351, 1801, Made.hour, Made.day, number(0...7200), number(0...(40 * Made.day)),
      ])
      return one(of: [size, -size]) + one(of: [0, number(-300...300)])
    }
    machines = one(of: Machines.allCases)
    refreshAgo = one(of: [0, 1, 299, 300, number(0...300)])
    wrongClock = one(of: Clock.allCases)
    errorNow = wrongClock == .none ? 0 : clockError()
    // A constant error, a step that made it wrong, or one that put it right.
    switch one(of: [0, 1, 2]) {
    case 0: errorAtWriting = errorNow
    case 1: errorAtWriting = 0
    default: (errorAtWriting, errorNow) = (errorNow, 0)
    }
    saysSynchronised = one(of: [true, false])
    process = one(of: Process.allCases)
    hasFileTimes = one(of: [true, true, true, false])
    earlierLooks = (0..<one(of: [0, 1, 2, 4])).map { _ in -number(0...one(of: [10, 130, 700, 7200])) }
      .sorted()
    leftovers = (0..<one(of: [0, 0, 1, 3])).map { _ in
      (ago: number(601...(3 * Made.day)), error: clockError())
    }
    // On one machine the holder runs in sight, unless something hides it; elsewhere nothing can be seen of it.
    if machines == .one {
      process = one(of: [.visible, .hidden, .hiddenBehindAnotherProgram, .onAnotherHost])
    } else if process == .visible {
      process = .onAnotherHost
    }
    // A twin of our name elsewhere that writes to our disk is beyond what the rules look for.
    if machines == .ourDisk, process == .missed { process = .onAnotherHost }
  }
}
