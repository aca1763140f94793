internal import LockFailureLogs

extension FuzzTarget {
  static let logTargets: [FuzzTarget] = [
    FuzzTarget("lock-failure-log") { bytes in
      var whole = LockFailureLogReader()
      whole.read(bytes)
      whole.endFile()
      var pieces = LockFailureLogReader()
      // The sizes come from the bytes, so that the fuzzer finds its own cuts.
      var start = 0
      while start < bytes.count {
        let end = min(start + 1 + Int(bytes[start] & 31), bytes.count)
        pieces.read(Array(bytes[start..<end]))
        start = end
      }
      pieces.endFile()
      precondition(summary(whole.findings()) == summary(pieces.findings()), "a chunk's end made a difference")
    },
    FuzzTarget("gzip") { bytes in
      let limit = 1 << 20
      var byteCount = 0
      guard var decoder = try? GzipDecoder(byteLimit: limit) else { return }
      guard (try? decoder.decode(bytes) { byteCount += $0.count }) != nil else { return }
      precondition(byteCount <= limit, "more was unpacked than allowed")
      try? decoder.finish()
    },
  ]

  private static func summary(_ findings: LogFindings) -> [String] {
    ["\(findings.lineCount) \(findings.byteCount) \(findings.successes)"]
      + findings.groups.map { group in
        "\(group.kind) \(String(describing: group.holder)) \(group.count) \(group.lockIDs) \(group.detail) "
          + "\(String(describing: group.firstSeen)) \(String(describing: group.lastSeen)) \(group.firstLine) "
          + "\(group.runs.map { "\(String(describing: $0.command)) \($0.count)" }) \(group.clock)"
      }
  }
}
