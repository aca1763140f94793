extension ProcessTable {
  /// The processes of this machine, as far as this process may see them.
  package static let system = ProcessTable { wanted in
    #if canImport(Glibc)
      ProcessScan.take(wanted, clock: HostClock.system.read(), visibility: .current())
    #elseif canImport(Darwin)
      DarwinProcesses.take(wanted, clock: HostClock.system.read())
    #endif
  }
}
