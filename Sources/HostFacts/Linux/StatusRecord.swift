/// What reslock uses of `/proc/PID/status` (proc_pid_status(5)).
///
/// Lines may be missing, in any order and unknown. Where a line comes twice the last counts: only a command name that
/// a kernel failed to escape could forge one, and the name comes first.
package struct StatusRecord: Equatable {
  /// The command name, unescaped.
  package var name = ""
  package var state: ProcessState?
  package var threadGroupID: Int64
  package var processID: Int64
  package var parentPID: Int64?
  /// Outermost first; `nil` where the kernel does not tell (before Linux 4.1), or tells nonsense.
  package var namespacePIDs: [Int64]?
  package var effectiveUserID: UInt32?
  /// Told since Linux 6.10 only.
  package var isKernelThread: Bool?

  package init(threadGroupID: Int64, processID: Int64) {
    self.threadGroupID = threadGroupID
    self.processID = processID
  }

  /// `nil` where `Tgid` or `Pid` is missing or no positive number.
  package init?(_ bytes: ArraySlice<UInt8>) {
    var record = StatusRecord(threadGroupID: 0, processID: 0)
    var start = bytes.startIndex
    while start < bytes.endIndex {
      let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.endIndex
      record.take(line: bytes[start..<end])
      start = end < bytes.endIndex ? end + 1 : end
    }
    guard record.threadGroupID > 0, record.processID > 0 else { return nil }
    self = record
  }

  private mutating func take(line: ArraySlice<UInt8>) {
    switch line.first {
    case UInt8(ascii: "N"):
      if let value = Self.value(of: "Name:", in: line) {
        // One tab is the kernel's; blanks behind it belong to the name.
        name = ByteText.string(Self.unescaped(value.dropFirst()))
      } else if let value = Self.value(of: "NSpid:", in: line) {
        let pids = ByteText.decimals(value)
        namespacePIDs = pids?.allSatisfy { $0 >= 0 } == true ? pids : nil
      }
    case UInt8(ascii: "S"):
      guard let value = Self.value(of: "State:", in: line) else { return }
      state = ByteText.trimmed(value).first.map { ProcessState(code: Character(Unicode.Scalar($0))) }
    case UInt8(ascii: "T"):
      guard let value = Self.value(of: "Tgid:", in: line) else { return }
      threadGroupID = ByteText.decimal(value) ?? 0
    case UInt8(ascii: "P"):
      if let value = Self.value(of: "Pid:", in: line) {
        processID = ByteText.decimal(value) ?? 0
      } else if let value = Self.value(of: "PPid:", in: line) {
        parentPID = ByteText.decimal(value)
      }
    case UInt8(ascii: "U"):
      guard let value = Self.value(of: "Uid:", in: line) else { return }
      let userIDs = ByteText.decimals(value) ?? []
      effectiveUserID = userIDs.count > 1 ? UInt32(exactly: userIDs[1]) : nil
    case UInt8(ascii: "K"):
      guard let value = Self.value(of: "Kthread:", in: line) else { return }
      isKernelThread = ByteText.decimal(value).map { $0 != 0 }
    default: return
    }
  }

  private static func value(of key: StaticString, in line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    guard line.count >= key.utf8CodeUnitCount else { return nil }
    let matches = key.withUTF8Buffer { line.starts(with: $0) }
    return matches ? line.dropFirst(key.utf8CodeUnitCount) : nil
  }

  /// The kernel escapes a newline and a backslash in the name with a backslash.
  private static func unescaped(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    var isEscaped = false
    for byte in bytes {
      if isEscaped {
        if byte == UInt8(ascii: "n") {
          result.append(UInt8(ascii: "\n"))
        } else if byte == UInt8(ascii: "\\") {
          result.append(byte)
        } else {
          result += [UInt8(ascii: "\\"), byte]
        }
        isEscaped = false
      } else if byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else {
        result.append(byte)
      }
    }
    if isEscaped { result.append(UInt8(ascii: "\\")) }
    return result
  }
}
