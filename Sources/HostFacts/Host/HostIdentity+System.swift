#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

extension HostIdentity {
  /// This process's identity; asks the kernel and `/etc/passwd` (macOS: the directory), never a name server.
  package static func current() -> HostIdentity {
    let userID = geteuid()
    return HostIdentity(hostName: systemHostName(), userID: userID, userName: systemUserName(userID))
  }

  #if canImport(Glibc)
    /// As Go does it: the node name, unless it is empty or so long that it may have been cut.
    private static func systemHostName() -> String {
      var name = utsname()
      if uname(&name) == 0 {
        let node = withUnsafeBytes(of: &name.nodename) { Array($0.prefix { $0 != 0 }) }
        if !node.isEmpty, node.count < 64 { return ByteText.string(node) }
      }
      guard let processes = try? OpenFolder(path: "/proc"),
        var bytes = try? processes.bytes("sys/kernel/hostname", byteLimit: 512)
      else { return "" }
      if bytes.last == UInt8(ascii: "\n") { bytes = bytes.dropLast() }
      return ByteText.string(bytes)
    }

    /// As Go does it without cgo: `/etc/passwd`, then `USER`.
    private static func systemUserName(_ userID: UInt32) -> String? {
      if let settings = try? OpenFolder(path: "/etc"),
        let accounts = try? settings.bytes("passwd", byteLimit: 16 << 20),
        let name = userName(of: userID, inPasswd: accounts)
      {
        return name
      }
      return getenv("USER").map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
    }
  #elseif canImport(Darwin)
    private static func systemHostName() -> String {
      DarwinControl.string("kern.hostname") ?? ""
    }

    private static func systemUserName(_ userID: UInt32) -> String? {
      guard let account = getpwuid(userID), let name = account.pointee.pw_name else { return nil }
      return String(cString: name)
    }
  #endif

  /// The first name that passwd(5) gives to the user ID; comments and malformed lines are skipped.
  package static func userName(of userID: UInt32, inPasswd bytes: ArraySlice<UInt8>) -> String? {
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      let fields = line.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
      guard fields.count >= 7, let first = fields[0].first, first != UInt8(ascii: "#"),
        first != UInt8(ascii: "+"), first != UInt8(ascii: "-"),
        ByteText.decimal(fields[2]) == Int64(userID)
      else { continue }
      return ByteText.string(fields[0])
    }
    return nil
  }
}
