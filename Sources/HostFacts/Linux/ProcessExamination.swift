#if canImport(Glibc)

  /// The closer look at one process, through its open folder so that all facts are of the same process.
  struct ProcessExamination {
    private static let commandLineByteLimit = 64 << 10
    private static let childCommandLineByteLimit = 4 << 10
    private static let childLimit = 32
    private static let liveThreadLimit = 4096

    private let clock: ClockReading

    init(clock: ClockReading) {
      self.clock = clock
    }

    /// `nil` when the process that `record` was read from is gone.
    func facts(of record: StatusRecord, children: [Int64], in processes: borrowing OpenFolder)
      -> ProcessFacts?
    {
      let folder: OpenFolder
      do throws(OpenFolder.Failure) {
        folder = try processes.folder("\(record.processID)")
      } catch {
        return error.isGone ? nil : Self.unexamined(record)
      }
      guard let status = try? folder.bytes("status", byteLimit: ProcessScan.statusByteLimit),
        let current = StatusRecord(status)
      else {
        return Self.isGone(folder) ? nil : Self.unexamined(record)
      }
      // Given to another process between the two looks: that one started after every lock was read.
      guard current.namespacePIDs == record.namespacePIDs else { return nil }

      let stat = (try? folder.bytes("stat", byteLimit: 4096)).flatMap { StatRecord($0) }
      let start = stat?.startTicks.map { ProcessStart(ticks: $0, clock: clock) }
      return ProcessFacts(
        hostPID: record.processID, threadGroupID: current.threadGroupID, parentPID: current.parentPID,
        namespacePIDs: current.namespacePIDs, state: current.state,
        liveThreadCount: Self.liveThreadCount(folder),
        isKernelThread: stat?.isKernelThread ?? current.isKernelThread,
        executable: Self.executable(folder), commandName: current.name,
        commandLine: Self.commandLine(folder, byteLimit: Self.commandLineByteLimit),
        userID: current.effectiveUserID, startedSinceBootSeconds: start?.sinceBootSeconds,
        started: start?.wallTime, runningSeconds: start?.agoSeconds,
        waitChannel: Self.waitChannel(folder),
        children: children.prefix(Self.childLimit).compactMap {
          Self.child($0, of: record.processID, in: processes)
        },
        pidNamespace: try? folder.linkTarget("ns/pid"),
        hostNameNamespace: try? folder.linkTarget("ns/uts"),
        controlGroup: (try? folder.bytes("cgroup", byteLimit: 64 << 10)).flatMap { ControlGroup($0) })
    }

    private static func isGone(_ folder: borrowing OpenFolder) -> Bool {
      do throws(OpenFolder.Failure) {
        return try folder.bytes("status", byteLimit: 1).isEmpty
      } catch {
        return error.isGone
      }
    }

    static func unexamined(_ record: StatusRecord) -> ProcessFacts {
      ProcessFacts(
        hostPID: record.processID, threadGroupID: record.threadGroupID, parentPID: record.parentPID,
        namespacePIDs: record.namespacePIDs, state: record.state, liveThreadCount: nil,
        isKernelThread: record.isKernelThread, commandName: record.name, userID: record.effectiveUserID)
    }

    private static func liveThreadCount(_ folder: borrowing OpenFolder) -> Int? {
      guard let tasks = try? folder.folder("task"), let threads = try? tasks.numbers() else { return nil }
      var buffer: [UInt8] = []
      var live = 0
      for thread in threads {
        do throws(OpenFolder.Failure) {
          let count = try tasks.read("\(thread)/stat", into: &buffer, byteLimit: 4096)
          guard let record = StatRecord(buffer[..<count]) else { return nil }
          if !record.state.hasEnded { live += 1 }
        } catch {
          guard error.isGone else { return nil }
        }
        if live >= liveThreadLimit { break }
      }
      return live
    }

    private static func executable(_ folder: borrowing OpenFolder) -> ProcessFacts.Executable {
      do throws(OpenFolder.Failure) {
        return .readable(try folder.linkTarget("exe"))
      } catch {
        // A path longer than a page is refused too: there is one, and it can't be seen.
        return error.isGone ? .absent : .notPermitted
      }
    }

    private static func commandLine(
      _ folder: borrowing OpenFolder, byteLimit: Int
    ) -> ProcessFacts.CommandLine {
      guard let bytes = try? folder.bytes("cmdline", byteLimit: byteLimit) else { return .unreadable }
      var arguments = bytes.split(separator: 0, omittingEmptySubsequences: false)
      // Each argument ends with a NUL; what a process wrote over them may end without.
      while arguments.last?.isEmpty == true { arguments.removeLast() }
      return .readable(arguments.map { ByteText.string($0) })
    }

    private static func waitChannel(_ folder: borrowing OpenFolder) -> String? {
      guard let bytes = try? folder.bytes("wchan", byteLimit: 256) else { return nil }
      let name = ByteText.string(ByteText.trimmed(bytes))
      return name.isEmpty || name == "0" ? nil : name
    }

    private static func child(
      _ pid: Int64, of parent: Int64, in processes: borrowing OpenFolder
    ) -> ProcessFacts.Child? {
      guard let folder = try? processes.folder("\(pid)"),
        let status = try? folder.bytes("status", byteLimit: ProcessScan.statusByteLimit),
        let record = StatusRecord(status), record.parentPID == parent
      else { return nil }
      return ProcessFacts.Child(
        hostPID: pid, state: record.state, commandName: record.name,
        commandLine: commandLine(folder, byteLimit: childCommandLineByteLimit))
    }
  }
#endif
