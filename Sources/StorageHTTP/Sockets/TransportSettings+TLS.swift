internal import ResticStorage
internal import NIOSSL

extension TransportSettings {
  func tlsConfiguration() throws(TransportError) -> TLSConfiguration {
    var tls = TLSConfiguration.makeClientConfiguration()
    if isInsecure { tls.certificateVerification = .none }
    if !certificateFiles.isEmpty {
      var roots: [NIOSSLCertificate] = []
      for file in certificateFiles { roots += try Self.certificates(in: file, flag: "--cacert") }
      tls.trustRoots = .certificates(roots)
    }
    if let file = clientCertificateFile {
      let chain = try Self.certificates(in: file, flag: "--tls-client-cert")
      tls.certificateChain = chain.map { .certificate($0) }
      do {
        tls.privateKey = .privateKey(try NIOSSLPrivateKey(file: file, format: .pem))
      } catch {
        throw TransportError(
          "cannot read a private key in \(file) (--tls-client-cert)",
          hint: "the file must hold the certificate and its unencrypted key, both as PEM")
      }
    }
    return tls
  }

  private static func certificates(in file: String, flag: String) throws(TransportError)
    -> [NIOSSLCertificate]
  {
    do {
      let certificates = try NIOSSLCertificate.fromPEMFile(file)
      if !certificates.isEmpty { return certificates }
    } catch {}
    throw TransportError(
      "cannot read certificates in \(file) (\(flag))",
      hint: "the file must exist and hold certificates as PEM")
  }
}
