internal import NIOPosix

extension HTTPOrigin {
  /// Whether the server runs on another machine for certain: its addresses are known, and none is one of ours or of
  /// a bridge's network, where containers share our clock.
  func isRemote() async -> Bool {
    guard case .tcp(_, let host, _) = self else { return false }
    let name = host.lowercased()
    if name == "localhost" || name.hasSuffix(".localhost") { return false }
    let addresses = try? await NIOThreadPool.singleton.runIfActive { SocketAddresses.resolve(host) }
    return Self.areRemote(addresses ?? [], interfaces: SocketAddresses.interfaces())
  }

  static func areRemote(
    _ addresses: [[UInt8]], interfaces: Set<SocketAddresses.Interface>,
    isBridge: (String) -> Bool = { SocketAddresses.isBridge($0) }
  ) -> Bool {
    let bridges = interfaces.filter { isBridge($0.name) }
    return !addresses.isEmpty
      && addresses.allSatisfy { address in
        !SocketAddresses.isLoopback(address) && !interfaces.contains { $0.address == address }
          && !bridges.contains { $0.isInNetwork(address) }
      }
  }
}
