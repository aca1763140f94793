internal import ResticCrypto
package import ResticStorage

extension TransportSettings {
  /// The settings by restic's precedence: a flag hides its variable, each on its own.
  package static func resolve(flags: TransportFlags, environment: Environment) -> TransportSettings {
    var settings = TransportSettings()
    let files =
      flags.certificateFiles.isEmpty ? environment["RESTIC_CACERT"].map { [$0] } : flags.certificateFiles
    // Flag and variable both take a list.
    settings.certificateFiles = (files ?? []).flatMap { $0.split(separator: ",").map(String.init) }
    settings.clientCertificateFile = chosen(
      flags.clientCertificateFile, environment["RESTIC_TLS_CLIENT_CERT"])
    settings.isInsecure = flags.isInsecure
    if let agent = chosen(flags.userAgent, environment["RESTIC_HTTP_USER_AGENT"]) {
      settings.userAgent = agent
    }
    if let seconds = flags.connectTimeoutSeconds { settings.connectTimeoutSeconds = bounded(seconds) }
    if let seconds = flags.idleTimeoutSeconds {
      settings.idleTimeoutSeconds = bounded(seconds)
      settings.exchangeTimeoutSeconds = max(settings.exchangeTimeoutSeconds, bounded(seconds))
    }
    settings.proxies = ProxyRules(
      // A web server hands a request's Proxy field to CGI programs as HTTP_PROXY.
      httpProxy: environment["REQUEST_METHOD"] == nil
        ? environment["HTTP_PROXY"] ?? environment["http_proxy"] : environment["http_proxy"],
      httpsProxy: environment["HTTPS_PROXY"] ?? environment["https_proxy"],
      noProxy: environment["NO_PROXY"] ?? environment["no_proxy"])
    return settings
  }

  /// No time at all would let nothing through, and beyond a day nobody waits.
  private static func bounded(_ seconds: Double) -> Double { min(max(seconds, 1), 86_400) }

  private static func chosen(_ flag: String?, _ variable: String?) -> String? {
    guard let value = flag ?? variable, !value.isEmpty else { return nil }
    return value
  }
}

/// The command line's part of `TransportSettings`, as given.
package struct TransportFlags: Sendable {
  /// The values of every `--cacert`.
  package var certificateFiles: [String] = []
  /// The value of `--tls-client-cert`.
  package var clientCertificateFile: String?
  /// Whether `--insecure-tls` was given.
  package var isInsecure = false
  /// The value of `--http-user-agent`.
  package var userAgent: String?
  /// The value of `--connect-timeout`.
  package var connectTimeoutSeconds: Double?
  /// The value of `--stuck-request-timeout`.
  package var idleTimeoutSeconds: Double?

  package init() {}
}

extension StorageEnvironment {
  /// This environment and these files, for backends that look for their credentials or start programs.
  package init(_ environment: Environment, files: InputFiles) {
    self.init(
      variable: { environment[$0] },
      file: { path in
        guard let content = try? files.read(path) else { return nil }
        return content.withUnsafeBytes { Array($0) }
      },
      childVariables: environment.assignments,
      output: { (arguments, purpose) async throws(TransportError) in
        do throws(InputError) {
          let reader = PasswordReader(environment: environment, files: files, mayAsk: false)
          let value = try await reader.value(of: .command(arguments), purpose: purpose)
          return value?.withUnsafeBytes { Array($0) } ?? []
        } catch {
          throw TransportError(error.message, hint: error.hint ?? "")
        }
      })
  }
}
