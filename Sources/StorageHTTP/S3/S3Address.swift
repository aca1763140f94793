internal import ResticStorage

/// Where a bucket is asked for: the endpoint, by path or by name.
struct S3Address: Sendable, Hashable {
  let usesTLS: Bool
  let endpointHost: String
  let port: UInt16?
  let bucket: String
  /// Whether the bucket stands in the host's name rather than in the path.
  let usesDNS: Bool

  /// `lookup` is the option `s3.bucket-lookup`: auto, dns or path.
  init(_ location: S3Location, lookup: String) throws(TransportError) {
    let (host, port) = try Self.hostAndPort(location.endpoint)
    (endpointHost, self.port, usesTLS, bucket) = (host, port, location.usesTLS, location.bucket)
    switch lookup {
    case "dns": usesDNS = true
    case "path": usesDNS = false
    case "auto", "":
      // A certificate for *.host fits no bucket with a dot.
      let isNamed = Self.isAmazon(host) || host == "storage.googleapis.com"
      usesDNS = isNamed && !(location.usesTLS && location.bucket.contains("."))
    default:
      throw TransportError(
        "the value of the extended option s3.bucket-lookup is not known", hint: "write auto, dns or path")
    }
  }

  private init(_ other: S3Address, endpointHost: String) {
    self.endpointHost = endpointHost
    (usesTLS, port, bucket, usesDNS) = (other.usesTLS, other.port, other.bucket, other.usesDNS)
  }

  var origin: HTTPOrigin {
    .tcp(usesTLS: usesTLS, host: usesDNS ? "\(bucket).\(endpointHost)" : endpointHost, port: port)
  }

  /// The path of a key, percent-encoded as it is signed; the bucket itself for `nil`.
  func path(_ key: String?) -> String {
    let base = usesDNS ? "/" : "/\(PercentEncoding.encoded(bucket))/"
    return key.map { base + PercentEncoding.encoded($0, keepsSlashes: true) } ?? base
  }

  /// The region that an Amazon endpoint names: `eu-west-1` of `s3.eu-west-1.amazonaws.com`.
  var regionOfEndpoint: String? {
    guard Self.isAmazon(endpointHost) else { return nil }
    let labels = endpointHost.split(separator: ".").map(String.init)
    guard let end = labels.firstIndex(of: "amazonaws") else { return nil }
    let named = labels[..<end].filter { $0 != "s3" && $0 != "dualstack" && $0 != "s3-fips" }
    if let label = named.last { return label.hasPrefix("s3-") ? String(label.dropFirst(3)) : label }
    return nil
  }

  /// The same bucket at Amazon's endpoint of a region; other services stay where they are.
  func moved(toRegion region: String) -> S3Address {
    guard Self.isAmazon(endpointHost) else { return self }
    let suffix = endpointHost.hasSuffix(".cn") ? "amazonaws.com.cn" : "amazonaws.com"
    let stack = endpointHost.contains("dualstack.") ? "s3.dualstack" : "s3"
    return S3Address(self, endpointHost: "\(stack).\(region).\(suffix)")
  }

  static func isAmazon(_ host: String) -> Bool {
    (host.hasSuffix(".amazonaws.com") || host.hasSuffix(".amazonaws.com.cn"))
      && (host.hasPrefix("s3.") || host.hasPrefix("s3-"))
  }

  /// The host in lower case and without brackets, and the port where one is given.
  static func hostAndPort(_ endpoint: String) throws(TransportError) -> (String, UInt16?) {
    let refused = TransportError(
      "the S3 endpoint can't be used", hint: "write s3:https://host:port/bucket/path or s3:host/bucket/path")
    guard !endpoint.contains("@") else { throw refused }
    var host = endpoint.lowercased()[...]
    var port: UInt16?
    if let colon = host.lastIndex(of: ":"), !host[colon...].contains("]"),
      host.hasPrefix("[") || host.firstIndex(of: ":") == colon
    {
      let text = host[host.index(after: colon)...]
      guard let number = UInt16(text), number > 0 else { throw refused }
      port = number
      host = host[..<colon]
    }
    if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    guard !host.isEmpty, host.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f && !"/?#\\".utf8.contains($0) })
    else {
      throw refused
    }
    return (String(host), port)
  }
}
