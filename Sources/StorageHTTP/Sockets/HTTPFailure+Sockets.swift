internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

extension HTTPFailure {
  /// What a failed exchange means, in words that name the server.
  init(describing error: any Error, origin: HTTPOrigin) {
    switch error {
    case let error as HTTPFailure: self = error
    case is CancellationError: self.init(.cancelled, "the operation was cancelled")
    case let error as HTTPClientError: self.init(error, origin)
    case let error as NIOSSLExtraError where error == .failedToValidateHostname:
      self.init(
        .certificate, "the server's certificate is not for \(origin.authority); \(Self.certificateHint)")
    case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError: self.init(tls: "\(error)", origin)
    case let error as NIOConnectionError:
      if let failure = error.connectionErrors.first?.error {
        self.init(.connection, "cannot connect to \(origin.authority): \(Self.text(failure))")
      } else {
        self.init(.connection, "the name \(origin.authority) can't be resolved")
      }
    case let error as IOError: self.init(.connection, "the connection failed: \(Self.text(error))")
    case is HTTPParserError:
      self.init(.connection, "the answer of \(origin.authority) is no sound HTTP, or breaks off")
    default: self.init(.connection, "the connection to \(origin.authority) failed: \(type(of: error))")
    }
  }

  private static let certificateHint =
    "name the certificate of its authority with --cacert (or RESTIC_CACERT)"

  private init(_ error: HTTPClientError, _ origin: HTTPOrigin) {
    switch error {
    case .cancelled, .requestStreamCancelled: self.init(.cancelled, "the operation was cancelled")
    case .connectTimeout, .getConnectionFromPoolTimeout, .tlsHandshakeTimeout, .httpProxyHandshakeTimeout,
      .socksHandshakeTimeout:
      self.init(.timedOut, "connecting to \(origin.authority) took too long")
    case .readTimeout, .writeTimeout, .deadlineExceeded:
      self.init(.timedOut, "\(origin.authority) did not answer in time")
    case .remoteConnectionClosed, .uncleanShutdown:
      self.init(.connection, "\(origin.authority) closed the connection before its answer was complete")
    case .proxyAuthenticationRequired:
      self.init(
        .unusable,
        "the proxy wants a user and a password; write them into HTTPS_PROXY as http://user:password@host")
    case .invalidProxyResponse: self.init(.connection, "the proxy does not lead to \(origin.authority)")
    case .invalidURL, .emptyHost, .missingSocketPath, .emptyScheme:
      self.init(.unusable, "the location is no URL that can be asked")
    default:
      self.init(.connection, "the exchange with \(origin.authority) failed: \(error.shortDescription)")
    }
  }

  private init(tls text: String, _ origin: HTTPOrigin) {
    if text.contains("CERTIFICATE_VERIFY_FAILED") || text.contains("unableToValidateCertificate") {
      self.init(
        .certificate,
        "the certificate of \(origin.authority) is not signed by an authority that is trusted here, or is not valid "
          + "now; \(Self.certificateHint)")
    } else if text.contains("CERTIFICATE_REQUIRED") || text.contains("ALERT_BAD_CERTIFICATE")
      || text.contains("UNKNOWN_CA") || text.contains("ALERT_CERTIFICATE")
    {
      self.init(
        .certificate,
        "\(origin.authority) refuses our certificate, or wants one; give it with --tls-client-cert")
    } else if text.contains("WRONG_VERSION_NUMBER") || text.contains("HTTP_REQUEST") {
      self.init(
        .unusable,
        "\(origin.authority) does not speak TLS; write http:// instead of https:// if that is right")
    } else {
      self.init(.connection, "the TLS connection to \(origin.authority) failed")
    }
  }

  private static func text(_ error: any Error) -> String {
    (error as? IOError).map { String(cString: strerror($0.errnoCode)) } ?? (error as? ChannelError)?
      .description ?? "\(type(of: error))"
  }
}
