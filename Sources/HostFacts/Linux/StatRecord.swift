/// What reslock uses of `/proc/PID/stat` (proc_pid_stat(5)).
///
/// The command name in its parentheses may hold anything, parentheses and blanks included; all that follows its closing
/// parenthesis are numbers and one letter, so the last closing parenthesis of the file is the name's.
package struct StatRecord: Equatable {
  package let state: ProcessState
  /// `PF_KTHREAD` of the flags; `nil` where the file ends before them.
  package let isKernelThread: Bool?
  /// Clock ticks from boot to the start of the process; `nil` where the file ends before them.
  package let startTicks: Int64?

  private static let kernelThreadFlag: Int64 = 0x0020_0000

  /// `nil` where there is no name in parentheses with a state behind it.
  package init?(_ bytes: ArraySlice<UInt8>) {
    guard bytes.contains(UInt8(ascii: "(")), let end = bytes.lastIndex(of: UInt8(ascii: ")")) else {
      return nil
    }
    let fields = bytes[(end + 1)...].split(maxSplits: 21, whereSeparator: ByteText.isBlank)
    guard let first = fields.first, first.count == 1, let letter = first.first,
      Unicode.Scalar(letter).properties.isAlphabetic
    else { return nil }
    state = ProcessState(code: Character(Unicode.Scalar(letter)))
    // Fields 9 and 22 of the whole line; the state is field 3.
    isKernelThread =
      fields.count > 6
      ? ByteText.decimal(fields[6]).map { $0 & Self.kernelThreadFlag != 0 } : nil
    startTicks = fields.count > 19 ? ByteText.decimal(fields[19]).flatMap { $0 >= 0 ? $0 : nil } : nil
  }
}
