#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Addresses of machines as bytes: 4 of IPv4, 16 of IPv6.
enum SocketAddresses {
  /// `nil` for what is no address but a name.
  static func parse(_ text: String) -> [UInt8]? {
    let text = String(text.prefix { $0 != "%" })
    var bytes = [UInt8](repeating: 0, count: 16)
    if inet_pton(AF_INET, text, &bytes) == 1 { return Array(bytes.prefix(4)) }
    if inet_pton(AF_INET6, text, &bytes) == 1 { return unmapped(bytes) }
    return nil
  }

  static func isLoopback(_ host: String) -> Bool { parse(host).map(isLoopback) ?? false }

  static func isLoopback(_ address: [UInt8]) -> Bool {
    if address.count == 4 { return address[0] == 127 || address == [0, 0, 0, 0] }
    return address.dropLast().allSatisfy { $0 == 0 } && (address.last ?? 0) <= 1
  }

  /// Whether an address equals another one, or lies in a network such as `10.0.0.0/8`.
  static func isInNetwork(_ host: String, _ network: String) -> Bool {
    guard let address = parse(host) else { return false }
    let parts = network.split(separator: "/", maxSplits: 1).map(String.init)
    guard let base = parts.first.flatMap(parse), base.count == address.count else { return false }
    guard parts.count == 2 else { return base == address }
    guard let bits = Int(parts[1]), (0...base.count * 8).contains(bits) else { return false }
    return (0..<bits).allSatisfy { bit in
      (base[bit / 8] ^ address[bit / 8]) & (0x80 >> UInt8(bit % 8)) == 0
    }
  }

  /// One address that an interface of this machine has, and the network that is reached through it.
  struct Interface: Hashable {
    let name: String
    let address: [UInt8]
    /// As long as the address; `nil` where the interface leads to a single peer.
    let mask: [UInt8]?

    func isInNetwork(_ other: [UInt8]) -> Bool {
      guard let mask, mask.count == address.count, other.count == address.count else { return false }
      return mask.indices.allSatisfy { address[$0] & mask[$0] == other[$0] & mask[$0] }
    }
  }

  /// What this machine's interfaces have now.
  static func interfaces() -> Set<Interface> {
    var first: UnsafeMutablePointer<ifaddrs>?
    guard getifaddrs(&first) == 0 else { return [] }
    defer { freeifaddrs(first) }
    var interfaces: Set<Interface> = []
    var next = first
    while let interface = next?.pointee {
      if let address = interface.ifa_addr.flatMap({ bytes(of: UnsafePointer($0)) }) {
        interfaces.insert(
          Interface(
            name: String(cString: interface.ifa_name), address: address,
            mask: interface.ifa_netmask.flatMap { bytes(of: UnsafePointer($0)) }))
      }
      next = interface.ifa_next
    }
    return interfaces
  }

  /// Whether an interface is a bridge, behind which containers and virtual machines of this machine may be.
  ///
  /// `folder` is where Linux describes network interfaces.
  static func isBridge(_ name: String, folder: String = "/sys/class/net") -> Bool {
    #if os(Linux)
      access("\(folder)/\(name)/bridge", F_OK) == 0
    #else
      name.hasPrefix("bridge")
    #endif
  }

  /// The addresses that a name stands for, none where it can't be resolved.
  ///
  /// Blocks, as the C library does.
  static func resolve(_ host: String) -> [[UInt8]] {
    if let address = parse(host) { return [address] }
    var first: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, nil, nil, &first) == 0 else { return [] }
    defer { freeaddrinfo(first) }
    var addresses: [[UInt8]] = []
    var next = first
    while let information = next?.pointee {
      if let address = information.ai_addr.flatMap({ bytes(of: UnsafePointer($0)) }) {
        addresses.append(address)
      }
      next = information.ai_next
    }
    return addresses
  }

  private static func bytes(of address: UnsafePointer<sockaddr>) -> [UInt8]? {
    let raw = UnsafeRawPointer(address)
    switch Int32(address.pointee.sa_family) {
    case AF_INET:
      return withUnsafeBytes(of: raw.loadUnaligned(as: sockaddr_in.self).sin_addr) { Array($0) }
    case AF_INET6:
      return unmapped(withUnsafeBytes(of: raw.loadUnaligned(as: sockaddr_in6.self).sin6_addr) { Array($0) })
    default: return nil
    }
  }

  /// An IPv4 address in IPv6's clothes is the IPv4 address.
  private static func unmapped(_ bytes: [UInt8]) -> [UInt8] {
    let isMapped = bytes.prefix(10).allSatisfy { $0 == 0 } && bytes[10] == 0xff && bytes[11] == 0xff
    return isMapped ? Array(bytes.suffix(4)) : bytes
  }
}
