#if canImport(Darwin)
  internal import Darwin
  internal import WallTime

  /// Looks at single processes through sysctl and libproc; there are no PID namespaces to search.
  enum DarwinProcesses {
    private static let childLimit = 32

    static func take(_ wanted: Set<Int64>, clock: ClockReading) -> ProcessSnapshot {
      var facts: [Int64: PIDFacts] = [:]
      for pid in wanted {
        let process = pid > 0 ? pid_t(exactly: pid).flatMap { examine($0, clock) } : nil
        facts[pid] = PIDFacts(
          pid: pid, processes: process.map { [$0] } ?? [], signalZero: SignalZero.ask(pid))
      }
      return ProcessSnapshot(clock: clock, facts: facts, processCount: Int(max(0, proc_listallpids(nil, 0))))
    }

    private static func examine(_ pid: pid_t, _ clock: ClockReading) -> ProcessFacts? {
      guard let record = DarwinControl.process(pid) else { return nil }
      let state = Self.state(record)
      let start = record.kp_proc.p_un.__p_starttime
      let started = UnixTime(
        seconds: Int64(start.tv_sec), nanoseconds: Int32(clamping: Int64(start.tv_usec) * 1000))
      let runningSeconds = max(0, clock.now.secondsSince(started))
      return ProcessFacts(
        hostPID: Int64(pid), parentPID: Int64(record.kp_eproc.e_ppid), state: state,
        liveThreadCount: state.hasEnded ? 0 : threadCount(pid),
        executable: executable(pid, state), commandName: commandName(record),
        commandLine: commandLine(pid, state, argumentLimit: 4096),
        userID: record.kp_eproc.e_ucred.cr_uid,
        startedSinceBootSeconds: clock.sinceBootSeconds - runningSeconds, started: started,
        runningSeconds: runningSeconds, children: children(pid))
    }

    private static func state(_ record: kinfo_proc) -> ProcessState {
      // sys/proc.h: SIDL 1, SRUN 2, SSLEEP 3, SSTOP 4, SZOMB 5.
      switch record.kp_proc.p_stat {
      case 2: ProcessState(code: "R")
      case 3: ProcessState(code: "S")
      case 4: ProcessState(code: "T")
      case 5: ProcessState(code: "Z")
      default: ProcessState(code: "I")
      }
    }

    private static func commandName(_ record: kinfo_proc) -> String {
      withUnsafeBytes(of: record.kp_proc.p_comm) { ByteText.string($0.prefix { $0 != 0 }) }
    }

    private static func threadCount(_ pid: pid_t) -> Int? {
      var information = proc_taskinfo()
      let byteCount = Int32(MemoryLayout<proc_taskinfo>.size)
      guard proc_pidinfo(pid, PROC_PIDTASKINFO, 0, &information, byteCount) == byteCount else { return nil }
      return Int(information.pti_threadnum)
    }

    private static func executable(_ pid: pid_t, _ state: ProcessState) -> ProcessFacts.Executable {
      var buffer = [UInt8](repeating: 0, count: 4 * Int(MAXPATHLEN))
      let count = proc_pidpath(pid, &buffer, UInt32(buffer.count))
      if count > 0 { return .readable(ByteText.string(buffer.prefix(Int(count)))) }
      return state.hasEnded ? .absent : .notPermitted
    }

    private static func commandLine(
      _ pid: pid_t, _ state: ProcessState, argumentLimit: Int
    ) -> ProcessFacts.CommandLine {
      if state.hasEnded { return .readable([]) }
      guard let arguments = DarwinControl.arguments(pid) else { return .unreadable }
      return .readable(Array(arguments.prefix(argumentLimit)))
    }

    private static func children(_ pid: pid_t) -> [ProcessFacts.Child] {
      var pids = [pid_t](repeating: 0, count: 1024)
      let count = proc_listchildpids(pid, &pids, Int32(pids.count * MemoryLayout<pid_t>.stride))
      return pids.prefix(Int(max(0, count))).sorted().prefix(childLimit).compactMap { child in
        guard child > 0, let record = DarwinControl.process(child) else { return nil }
        let state = Self.state(record)
        return ProcessFacts.Child(
          hostPID: Int64(child), state: state, commandName: commandName(record),
          commandLine: commandLine(child, state, argumentLimit: 256))
      }
    }
  }

  extension ProcessVisibility {
    /// macOS has no namespaces and shows every process.
    package static func current() -> ProcessVisibility { ProcessVisibility() }
  }
#endif
