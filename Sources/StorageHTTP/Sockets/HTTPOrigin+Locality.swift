internal import NIOPosix

extension HTTPOrigin {
  /// Whether the server runs on another machine for certain: its addresses are known, and none is one of ours.
  func isRemote() async -> Bool {
    guard case .tcp(_, let host, _) = self else { return false }
    let name = host.lowercased()
    if name == "localhost" || name.hasSuffix(".localhost") { return false }
    let addresses = try? await NIOThreadPool.singleton.runIfActive { SocketAddresses.resolve(host) }
    return Self.areRemote(addresses ?? [], ownAddresses: SocketAddresses.ofThisMachine())
  }

  static func areRemote(_ addresses: [[UInt8]], ownAddresses: Set<[UInt8]>) -> Bool {
    !addresses.isEmpty
      && addresses.allSatisfy { !SocketAddresses.isLoopback($0) && !ownAddresses.contains($0) }
  }
}
