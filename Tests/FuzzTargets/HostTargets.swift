internal import HostFacts

extension FuzzTarget {
  static let hostTargets: [FuzzTarget] = [
    FuzzTarget("process-stat") { bytes in
      guard let record = StatRecord(bytes[...]) else { return }
      precondition(record.startTicks.map { $0 >= 0 } ?? true, "started before the boot")
    },
    FuzzTarget("process-status") { bytes in
      guard let record = StatusRecord(bytes[...]) else { return }
      precondition(record.processID > 0 && record.threadGroupID > 0, "a process ID that none can have")
      precondition(record.namespacePIDs.map { !$0.isEmpty } ?? true, "a process in no namespace")
    },
    FuzzTarget("process-cgroup") { bytes in
      _ = ControlGroup(bytes[...])
    },
    FuzzTarget("mountinfo") { bytes in
      _ = MountInfo.topMount(at: "/proc", in: bytes[...])?.superOption("hidepid")
    },
  ]
}
