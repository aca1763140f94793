internal import ArgumentParser
internal import ResticInputs

/// restic's ways to say how servers are reached, under restic's names.
struct NetworkFlags: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Trust these certificates instead of the system's; PEM, repeatable ($RESTIC_CACERT).", valueName: "file"
    ))
  var cacert: [String] = []
  @Option(
    help: ArgumentHelp(
      "Our certificate and its key in one PEM file ($RESTIC_TLS_CLIENT_CERT).", valueName: "file"))
  var tlsClientCert: String?
  @Flag(help: "Take any certificate: whoever is on the way can read along and answer.")
  var insecureTls = false
  @Option(
    help: ArgumentHelp("How we call ourselves to servers ($RESTIC_HTTP_USER_AGENT).", valueName: "text"))
  var httpUserAgent: String?
  @Option(help: ArgumentHelp("How long a connection may take to come about (30s).", valueName: "time"))
  var connectTimeout: DurationArgument?
  @Option(help: ArgumentHelp("How long a server may keep silent within an answer (60s).", valueName: "time"))
  var stuckRequestTimeout: DurationArgument?

  var flags: TransportFlags {
    var flags = TransportFlags()
    flags.certificateFiles = cacert
    flags.clientCertificateFile = tlsClientCert
    flags.isInsecure = insecureTls
    flags.userAgent = httpUserAgent
    flags.connectTimeoutSeconds = connectTimeout?.seconds
    flags.idleTimeoutSeconds = stuckRequestTimeout?.seconds
    return flags
  }
}
