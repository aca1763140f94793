/// One line of `/proc/self/mountinfo` (proc_pid_mountinfo(5)).
package struct MountInfo: Equatable {
  package let mountID: Int64
  package let parentID: Int64
  /// Unescaped.
  package let mountPoint: [UInt8]
  package let fileSystemType: String
  /// The options of the file system itself, such as `hidepid=invisible`.
  package let superOptions: [String]

  /// `nil` for a line without the separator or with too few fields.
  package init?(line: ArraySlice<UInt8>) {
    let fields = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
    guard fields.count >= 10, let mountID = ByteText.decimal(fields[0]),
      let parentID = ByteText.decimal(fields[1]),
      let separator = fields[6...].firstIndex(where: { $0.elementsEqual([UInt8(ascii: "-")]) }),
      separator + 3 < fields.count
    else { return nil }
    self.mountID = mountID
    self.parentID = parentID
    mountPoint = Self.unescaped(fields[4])
    fileSystemType = ByteText.string(Self.unescaped(fields[separator + 1]))
    superOptions = ByteText.trimmed(fields[separator + 3]).split(separator: UInt8(ascii: ",")).map {
      ByteText.string(Self.unescaped($0))
    }
  }

  /// The mount that is seen at `mountPoint`: of several there, the one that no other is mounted on.
  package static func topMount(at mountPoint: String, in bytes: ArraySlice<UInt8>) -> MountInfo? {
    let wanted = Array(mountPoint.utf8)
    let mounts = bytes.split(separator: UInt8(ascii: "\n")).compactMap { line -> MountInfo? in
      guard let mount = MountInfo(line: line), mount.mountPoint == wanted else { return nil }
      return mount
    }
    let covered = Set(mounts.lazy.filter { $0.parentID != $0.mountID }.map(\.parentID))
    return mounts.last { !covered.contains($0.mountID) }
  }

  /// The value of the option `name`, or `""` where it stands without one; `nil` where it is not set.
  package func superOption(_ name: String) -> String? {
    for option in superOptions {
      if option == name { return "" }
      if option.utf8.starts(with: "\(name)=".utf8) { return String(option.dropFirst(name.count + 1)) }
    }
    return nil
  }

  /// Backslash and three octal digits stand for a byte (blank, tab, newline, backslash, `#`).
  private static func unescaped(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    var rest = bytes
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "\\"), let value = octal(rest.prefix(3)) {
        result.append(value)
        rest = rest.dropFirst(3)
      } else {
        result.append(byte)
      }
    }
    return result
  }

  private static func octal(_ digits: ArraySlice<UInt8>) -> UInt8? {
    guard digits.count == 3 else { return nil }
    var value = 0
    for digit in digits {
      guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "7") else { return nil }
      value = value * 8 + Int(digit - UInt8(ascii: "0"))
    }
    return UInt8(exactly: value)
  }
}
