#if canImport(Darwin)
  internal import Darwin

  /// Values of the kernel, through sysctl(3).
  enum DarwinControl {
    static func string(_ name: String) -> String? {
      var byteCount = 0
      guard sysctlbyname(name, nil, &byteCount, nil, 0) == 0, byteCount > 1 else { return nil }
      var buffer = [UInt8](repeating: 0, count: byteCount)
      guard sysctlbyname(name, &buffer, &byteCount, nil, 0) == 0 else { return nil }
      return ByteText.string(buffer.prefix(byteCount).prefix { $0 != 0 })
    }

    /// The kernel's record of a process, zombies included; `nil` where there is none.
    static func process(_ pid: pid_t) -> kinfo_proc? {
      var name: [Int32] = [CTL_KERN, KERN_PROC, KERN_PROC_PID, pid]
      var record = kinfo_proc()
      var byteCount = MemoryLayout<kinfo_proc>.stride
      guard sysctl(&name, 4, &record, &byteCount, nil, 0) == 0, byteCount > 0, record.kp_proc.p_pid == pid
      else { return nil }
      return record
    }

    /// The arguments of a process; `nil` where they may not be read.
    static func arguments(_ pid: pid_t) -> [String]? {
      var limitName: [Int32] = [CTL_KERN, KERN_ARGMAX]
      var limit: Int32 = 0
      var limitByteCount = MemoryLayout<Int32>.size
      guard sysctl(&limitName, 2, &limit, &limitByteCount, nil, 0) == 0, limit > 0 else { return nil }
      var name: [Int32] = [CTL_KERN, KERN_PROCARGS2, pid]
      var buffer = [UInt8](repeating: 0, count: Int(limit))
      var byteCount = buffer.count
      guard sysctl(&name, 3, &buffer, &byteCount, nil, 0) == 0 else { return nil }
      return DarwinArguments.parse(buffer.prefix(byteCount))
    }
  }
#endif
