/// Who we are on this machine, in the terms a lock uses.
package struct HostIdentity: Hashable, Sendable {
  /// The host name exactly as restic would write it into a lock (Go's `os.Hostname`); empty where there is none.
  package let hostName: String
  /// The effective user ID, which decides what the kernel shows of other processes.
  package let userID: UInt32
  /// `nil` where the user ID has no name.
  package let userName: String?

  package init(hostName: String, userID: UInt32, userName: String? = nil) {
    self.hostName = hostName
    self.userID = userID
    self.userName = userName
  }
}
