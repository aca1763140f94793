import Foundation
import TestSupport

/// An emulator of Google Cloud Storage behind a front of our own, which adds what the emulator lacks: tokens are
/// asked for, listings come in pages of three, and uploads keep to `ifGenerationMatch=0`.
///
/// The front gives tokens too: for assertions that Google's own library has verified, for refresh tokens, and as the
/// metadata server of a machine. Each token lives until it is revoked.
package final class GoogleStorageServer: Sendable {
  package let host: String
  private let process: ServerProcess
  private let folder: TemporaryFolder
  private let client: PythonConsole

  package init() async throws {
    let folder = try TemporaryFolder("google")
    self.folder = folder
    for (name, text) in [("front.py", Self.front), ("keys.py", Self.keys)] {
      try Data(text.utf8).write(to: folder.url.appendingPathComponent(name))
    }
    let python = try Peer.path("python/bin/python")
    let made = try await ChildProcess.run(python, [folder.path("keys.py"), folder.path])
    guard made.exitCode == 0 else { throw ServerError(description: "keys: \(made.stderr.suffix(1000))") }
    process = try await ServerProcess("gcp-storage-emulator") { port in
      [python, folder.path("front.py"), "\(port)", folder.path]
    }
    host = "127.0.0.1:\(process.port)"
    client = try PythonConsole.google(host: host)
    try writeKeyFile("key.json", key: "good.pem")
    try writeKeyFile("other-key.json", key: "other.pem")
    try write(
      "user.json",
      [
        "type": "authorized_user", "client_id": "the-client", "client_secret": "the-client-secret",
        "refresh_token": "the-refresh-token", "token_uri": "http://\(host)/token",
      ])
  }

  package func location(_ bucket: String = "bucket", _ prefix: String = "pre") -> String {
    "gs:\(bucket):/\(prefix)"
  }

  /// What a client's environment needs: a service account's key.
  package var environment: [String: String] { environment(file: "key.json") }

  /// `user.json` holds a user's credentials, `other-key.json` a key that the account does not have.
  package func environment(file: String) -> [String: String] {
    [
      "STORAGE_EMULATOR_HOST": "http://\(host)", "GOOGLE_PROJECT_ID": "project",
      "GOOGLE_APPLICATION_CREDENTIALS": path(file),
    ]
  }

  package func path(_ file: String) -> String { folder.path(file) }

  /// Runs Python statements with `call(method, path, body)`, which has a token of its own; gives what they print.
  @discardableResult
  package func run(_ statements: String) async throws -> String { try await client.run(statements) }

  /// Lets every token that was given so far expire.
  package func revokeTokens() async throws {
    _ = try await client.run("token = None\nrequests.post(base + '/control/revoke').raise_for_status()")
  }

  private func writeKeyFile(_ name: String, key: String) throws {
    try write(
      name,
      [
        "type": "service_account", "client_email": "backup@project.iam.gserviceaccount.com",
        "private_key_id": "key-1", "token_uri": "http://\(host)/token",
        "private_key": try String(contentsOfFile: folder.path(key), encoding: .utf8),
      ])
  }

  private func write(_ name: String, _ values: [String: String]) throws {
    try JSONSerialization.data(withJSONObject: values).write(to: folder.url.appendingPathComponent(name))
  }

  private static let keys = #"""
    import sys, datetime
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.x509.oid import NameOID
    for name in ('good', 'other'):
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        open(sys.argv[1] + '/' + name + '.pem', 'wb').write(key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        now = datetime.datetime.now(datetime.timezone.utc)
        certificate = (x509.CertificateBuilder().subject_name(subject).issuer_name(subject)
            .public_key(key.public_key()).serial_number(1).not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=1)).sign(key, hashes.SHA256()))
        open(sys.argv[1] + '/' + name + '.crt', 'wb').write(certificate.public_bytes(serialization.Encoding.PEM))
    """#

  private static let front = #"""
    import json, secrets, sys, threading
    from functools import partial
    from http.server import ThreadingHTTPServer
    from urllib.parse import parse_qs, unquote, urlsplit
    from google.auth import jwt
    from gcp_storage_emulator.handlers import buckets, objects
    from gcp_storage_emulator.storage import Storage

    port, folder = int(sys.argv[1]), sys.argv[2]
    scope = 'https://www.googleapis.com/auth/devstorage.read_write'
    certificates = {'key-1': open(folder + '/good.crt').read()}
    tokens, lock, page_size, every_entry = set(), threading.Lock(), 3, objects.ls

    def listing(request, response, storage, *arguments, **named):
        every_entry(request, response, storage, *arguments, **named)
        if response.status != 200: return
        answer = json.loads(response._content)
        found = sorted([(item['name'], item) for item in answer.get('items') or []] +
                       [(name, None) for name in answer.get('prefixes') or []], key=lambda pair: pair[0])
        start = (request.query.get('pageToken') or [''])[0]
        found = [pair for pair in found if pair[0] > start]
        page = {'kind': 'storage#objects', 'items': [item for _, item in found[:page_size] if item],
                'prefixes': [name for name, item in found[:page_size] if not item]}
        if len(found) > page_size: page['nextPageToken'] = found[page_size - 1][0]
        response.json(page)
    objects.ls = listing
    from gcp_storage_emulator import server
    read_data = server._read_data
    # The emulator has no empty files otherwise.
    server._read_data = lambda handler, query: read_data(handler, query) or (
        b'' if query.get('uploadType') == ['media'] else None)
    from gcp_storage_emulator.server import RequestHandler

    class Front(RequestHandler):
        def log_message(self, *arguments): pass
        def answer(self, status, value, headers=()):
            body = json.dumps(value).encode()
            self.send_response(status)
            for name, text in headers: self.send_header(name, text)
            self.send_header('Content-Type', 'application/json')
            self.send_header('Content-Length', str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        def refuse(self, status, reason, more=''):
            self.answer(status, {'error': {'code': status, 'message': reason + more,
                                           'errors': [{'domain': 'global', 'reason': reason}]}})
        def give_token(self, headers=()):
            token = 'ya29.' + secrets.token_hex(16)
            tokens.add(token)
            self.answer(200, {'access_token': token, 'token_type': 'Bearer', 'expires_in': 3599}, headers)
        def exchange(self):
            form = parse_qs(self.rfile.read(int(self.headers['Content-Length'])).decode())
            kind = form['grant_type'][0]
            if kind == 'refresh_token':
                sound = (form['client_id'], form['client_secret'], form['refresh_token']) == (
                    ['the-client'], ['the-client-secret'], ['the-refresh-token'])
            else:
                assert kind == 'urn:ietf:params:oauth:grant-type:jwt-bearer', kind
                try:
                    claims = jwt.decode(form['assertion'][0], certs=certificates,
                                        audience='http://127.0.0.1:%d/token' % port)
                    sound = (claims['iss'], claims['scope']) == ('backup@project.iam.gserviceaccount.com', scope)
                except Exception as error:
                    return self.answer(400, {'error': 'invalid_grant', 'error_description': str(error)})
            if sound: self.give_token()
            else: self.answer(400, {'error': 'invalid_grant', 'error_description': 'no such grant'})
        def front(self, go):
            parts = urlsplit(self.path)
            if parts.path == '/token': return self.exchange()
            if parts.path == '/control/revoke':
                tokens.clear()
                return self.answer(200, {})
            if parts.path == '/control/token': return self.give_token()
            if parts.path.startswith('/control/bucket/'):
                buckets.create_bucket(parts.path.rsplit('/', 1)[1], self.storage)
                return self.answer(200, {})
            if parts.path.startswith('/computeMetadata/'):
                if self.headers['Metadata-Flavor'] != 'Google': return self.refuse(403, 'forbidden')
                if parse_qs(parts.query).get('scopes') != [scope]: return self.refuse(400, 'scopes')
                return self.give_token([('Metadata-Flavor', 'Google')])
            if (self.headers['Authorization'] or '').removeprefix('Bearer ') not in tokens:
                if self.headers['Content-Length']: self.rfile.read(int(self.headers['Content-Length']))
                return self.refuse(401, 'authError')
            query = parse_qs(parts.query)
            if query.get('ifGenerationMatch') == ['0'] and query.get('uploadType') == ['media']:
                with lock:
                    try: self.storage.get_file_obj(parts.path.split('/')[5], query['name'][0])
                    except Exception: return go()
                self.rfile.read(int(self.headers['Content-Length'] or 0))
                return self.refuse(412, 'conditionNotMet')
            go()
        def do_GET(self): self.front(super().do_GET)
        def do_POST(self): self.front(super().do_POST)
        def do_PUT(self): self.front(super().do_PUT)
        def do_DELETE(self): self.front(super().do_DELETE)
        def do_PATCH(self): self.front(super().do_PATCH)

    storage = Storage(use_memory_fs=True)
    buckets.create_bucket('bucket', storage)
    ThreadingHTTPServer(('127.0.0.1', port), partial(Front, storage)).serve_forever()
    """#
}
