#if canImport(Glibc)
  internal import Glibc
  internal import WallTime

  /// One pass over `/proc`, then a closer look at the processes that show a wanted PID.
  struct ProcessScan {
    /// Processes that show a wanted PID beyond this number are listed without a closer look.
    static let examinedProcessLimit = 4096
    static let statusByteLimit = 2 << 20

    private let wanted: Set<Int64>
    private let clock: ClockReading
    private let visibility: ProcessVisibility
    private var children: [Int64: [Int64]] = [:]
    private var matches: [Int64: StatusRecord] = [:]
    private var signals: [Int64: PIDFacts.SignalZero] = [:]
    private var processCount = 0
    private var unreadableReasons: [String: Int] = [:]
    private var listingFailure: String?
    private var namespacePIDsAreMissing = false
    private var isOurselvesSeen = false
    private var buffer: [UInt8] = []

    static func take(_ wanted: Set<Int64>, clock: ClockReading, visibility: ProcessVisibility)
      -> ProcessSnapshot
    {
      var scan = ProcessScan(wanted: wanted, clock: clock, visibility: visibility)
      return scan.run()
    }

    private init(wanted: Set<Int64>, clock: ClockReading, visibility: ProcessVisibility) {
      self.wanted = wanted
      self.clock = clock
      self.visibility = visibility
    }

    private mutating func run() -> ProcessSnapshot {
      var facts: [Int64: PIDFacts] = [:]
      do throws(OpenFolder.Failure) {
        let processes = try OpenFolder(path: "/proc")
        for pid in try processes.numbers() { look(at: pid, in: processes) }
        for pid in wanted { signals[pid] = SignalZero.ask(pid) }
        let threads = lookUpDirectly(in: processes)
        let examined = examine(in: processes)
        facts = collect(examined, threads)
      } catch {
        listingFailure = error.reason
        for pid in wanted { signals[pid] = SignalZero.ask(pid) }
        facts = collect([:], [:])
      }
      return ProcessSnapshot(
        clock: clock, visibility: visibility, facts: facts, processCount: processCount,
        scanHindrances: hindrances())
    }

    private mutating func look(at pid: Int64, in processes: borrowing OpenFolder) {
      do throws(OpenFolder.Failure) {
        let count = try processes.read("\(pid)/status", into: &buffer, byteLimit: Self.statusByteLimit)
        guard let record = StatusRecord(buffer[..<count]) else {
          processCount += 1
          unreadableReasons["not in the expected form", default: 0] += 1
          return
        }
        note(record)
      } catch {
        guard !error.isGone else { return }
        processCount += 1
        unreadableReasons[error.reason, default: 0] += 1
      }
    }

    private mutating func note(_ record: StatusRecord) {
      processCount += 1
      if record.processID == Int64(getpid()) { isOurselvesSeen = true }
      if let parent = record.parentPID { children[parent, default: []].append(record.processID) }
      if record.namespacePIDs == nil { namespacePIDsAreMissing = true }
      if Self.pids(of: record).contains(where: { $0 > 0 && wanted.contains($0) }) {
        matches[record.processID] = record
      }
    }

    private static func pids(of record: StatusRecord) -> [Int64] {
      [record.processID] + (record.namespacePIDs ?? [])
    }

    /// The IDs of threads are in no listing; and a process may have started behind the listing's back.
    private mutating func lookUpDirectly(in processes: borrowing OpenFolder) -> [Int64: PIDFacts.Thread] {
      var threads: [Int64: PIDFacts.Thread] = [:]
      for pid in wanted where signals[pid] != .notAsked && matches[pid] == nil {
        // Ten thousand locks of ended processes must not cost ten thousand paths.
        if signals[pid] == .noSuchProcess, visibility.processFileSystemShowsOurselves == true { continue }
        guard let folder = try? processes.folder("\(pid)"),
          let count = try? folder.read("status", into: &buffer, byteLimit: Self.statusByteLimit),
          let record = StatusRecord(buffer[..<count])
        else { continue }
        if record.threadGroupID == pid {
          note(record)
        } else {
          threads[pid] = PIDFacts.Thread(
            threadGroupID: record.threadGroupID, commandName: record.name,
            started: ProcessStart(folder, clock: clock)?.wallTime)
        }
      }
      return threads
    }

    private func examine(in processes: borrowing OpenFolder) -> [Int64: ProcessFacts] {
      var examined: [Int64: ProcessFacts] = [:]
      let examination = ProcessExamination(clock: clock)
      for (pid, record) in matches {
        guard examined.count < Self.examinedProcessLimit else {
          examined[pid] = ProcessExamination.unexamined(record)
          continue
        }
        examined[pid] = examination.facts(
          of: record, children: children[pid]?.sorted() ?? [], in: processes)
      }
      return examined
    }

    private func collect(
      _ examined: [Int64: ProcessFacts], _ threads: [Int64: PIDFacts.Thread]
    ) -> [Int64: PIDFacts] {
      var found: [Int64: [ProcessFacts]] = [:]
      for process in examined.values {
        for pid in Set(process.namespacePIDs + [process.hostPID]) where wanted.contains(pid) {
          found[pid, default: []].append(process)
        }
      }
      var facts: [Int64: PIDFacts] = [:]
      for pid in wanted {
        let processes = (found[pid] ?? []).sorted { left, right in
          (left.hostPID == pid ? 0 : 1, left.hostPID) < (right.hostPID == pid ? 0 : 1, right.hostPID)
        }
        facts[pid] = PIDFacts(
          pid: pid, processes: processes, thread: threads[pid], signalZero: signals[pid] ?? .undecided)
      }
      return facts
    }

    private func hindrances() -> [String] {
      var sentences: [String] = []
      if let listingFailure {
        sentences.append("the processes in /proc can't be listed: \(listingFailure)")
      }
      if listingFailure == nil, !isOurselvesSeen, visibility.processFileSystemShowsOurselves == true {
        sentences.append("the list of processes in /proc lacks this program itself: it may lack others")
      }
      for (reason, count) in unreadableReasons.sorted(by: { $0.key < $1.key }) {
        sentences.append(
          count == 1
            ? "one process can't be read: \(reason)" : "\(count) processes can't be read: \(reason)")
      }
      if namespacePIDsAreMissing {
        sentences.append(
          "this kernel does not tell the PIDs that processes have inside containers (NSpid in /proc/PID/status)"
        )
      }
      return sentences
    }
  }
#endif
