import Foundation
import TestSupport

/// OpenStack Swift: with its own logins and its s3api, which checks signatures and the hashes of bodies, or with
/// Keystone's logins.
package final class SwiftServer: Sendable {
  private let folder: TemporaryFolder
  private let processes: [ServerProcess]
  private let port: UInt16
  private let client: @Sendable (String) async throws -> String

  private let certificates: TestCertificates?

  /// `pageEntryCount` makes Swift's own listings small; then its s3api can't be used.
  package init(
    usesTLS: Bool = false, keystone: KeystoneServer? = nil, pageEntryCount: Int? = nil
  ) async throws {
    let certificates = usesTLS ? try await TestCertificates.shared.value : nil
    self.certificates = certificates
    let folder = try TemporaryFolder("swift")
    self.folder = folder
    let python = try Peer.path("python/bin/python")
    for (name, text) in [("one.py", Self.runner), ("fakecache.py", Self.cache)] {
      try Data(text.utf8).write(to: folder.url.appendingPathComponent(name))
    }
    for name in ["etc", "srv/d1"] {
      try FileManager.default.createDirectory(
        at: folder.url.appendingPathComponent(name), withIntermediateDirectories: true)
    }
    let limits = pageEntryCount.map { "[swift-constraints]\ncontainer_listing_limit = \($0)\n" } ?? ""
    try Self.write(
      "[swift-hash]\nswift_hash_path_suffix = loop\nswift_hash_path_prefix = back\n\(limits)", folder,
      "swift.conf")
    var processes: [ServerProcess] = []
    for kind in ["account", "container", "object"] {
      let server = try await ServerProcess("swift \(kind)") { port in
        try Self.write(Self.storageConfiguration(kind, port, folder), folder, "\(kind)-server.conf")
        return [python, folder.path("one.py"), folder.path, kind]
      }
      processes.append(server)
      let builder = try Peer.path("python/bin/swift-ring-builder")
      let file = folder.path("etc/\(kind).builder")
      for arguments in [
        ["create", "4", "1", "0"], ["add", "r1z1-127.0.0.1:\(server.port)/d1", "1"], ["rebalance"],
      ] {
        let result = try await ChildProcess.run(builder, [file] + arguments)
        guard result.exitCode == 0 else {
          throw ServerError(description: "swift-ring-builder: \(result.stdout)\(result.stderr)")
        }
      }
    }
    let proxy = try await ServerProcess("swift proxy") { port in
      try Self.write(
        Self.proxyConfiguration(port, folder, certificates, keystone), folder, "proxy-server.conf")
      return [python, folder.path("one.py"), folder.path, "proxy"]
    }
    port = proxy.port
    self.processes = processes + [proxy]
    if pageEntryCount == nil {
      let s3 = try PythonConsole.s3(
        endpoint: "http://127.0.0.1:\(proxy.port)", keyID: "test:tester", secret: "testing")
      client = { try await s3.run($0) }
    } else {
      let swift = try PythonConsole.swift(
        login: "http://127.0.0.1:\(proxy.port)/auth/v1.0", user: "test:tester", key: "testing")
      client = { try await swift.run($0) }
    }
    try await keystone?.register(swiftPort: proxy.port)
  }

  package func location(_ bucket: String = "bucket", _ prefix: String = "pre") -> String {
    "s3:\(certificates == nil ? "http" : "https")://127.0.0.1:\(port)/\(bucket)/\(prefix)"
  }

  /// Where the account of a project is.
  package func storageURL(project: String) -> String { "http://127.0.0.1:\(port)/v1/AUTH_\(project)" }

  /// What an environment needs for Swift's own login.
  package var nativeEnvironment: [String: String] {
    var environment = [
      "ST_AUTH": "\(certificates == nil ? "http" : "https")://127.0.0.1:\(port)/auth/v1.0",
      "ST_USER": "test:tester", "ST_KEY": "testing",
    ]
    if let certificates { environment["RESTIC_CACERT"] = certificates.authority }
    return environment
  }

  /// What a client's environment needs for the s3api.
  package var environment: [String: String] {
    var environment = [
      "AWS_ACCESS_KEY_ID": "test:tester", "AWS_SECRET_ACCESS_KEY": "testing",
      "AWS_DEFAULT_REGION": "us-east-1",
    ]
    if let certificates { environment["RESTIC_CACERT"] = certificates.authority }
    return environment
  }

  /// Runs Python statements with a signed-in client named `s3`, or `swift` where pages are small; gives what they
  /// print.
  @discardableResult
  package func run(_ statements: String) async throws -> String { try await client(statements) }

  private static func write(_ text: String, _ folder: TemporaryFolder, _ name: String) throws {
    try Data(text.utf8).write(to: folder.url.appendingPathComponent("etc/\(name)"))
  }

  private static func storageConfiguration(_ kind: String, _ port: UInt16, _ folder: TemporaryFolder)
    -> String
  {
    """
    [DEFAULT]
    bind_ip = 127.0.0.1
    bind_port = \(port)
    workers = 0
    user = \(NSUserName())
    swift_dir = \(folder.path)/etc
    devices = \(folder.path)/srv
    mount_check = false
    disable_fallocate = true
    fallocate_reserve = 0
    log_level = WARNING
    [pipeline:main]
    pipeline = \(kind)-server
    [app:\(kind)-server]
    use = egg:swift#\(kind)

    """
  }

  /// With pages of three, so that paging is not for large buckets only.
  private static func proxyConfiguration(
    _ port: UInt16, _ folder: TemporaryFolder, _ certificates: TestCertificates?, _ keystone: KeystoneServer?
  ) -> String {
    let tls = certificates.map { "cert_file = \($0.certificate)\nkey_file = \($0.key)" } ?? ""
    let logins = keystone == nil ? "s3api tempauth" : "authtoken keystoneauth"
    let filters = ["catch_errors", "gatekeeper", "healthcheck", "listing_formats", "copy", "symlink"]
      .map { "[filter:\($0)]\nuse = egg:swift#\($0)\n" }.joined()
    return """
      [DEFAULT]
      bind_ip = 127.0.0.1
      bind_port = \(port)
      workers = 0
      user = \(NSUserName())
      swift_dir = \(folder.path)/etc
      log_level = INFO
      \(tls)
      [pipeline:main]
      pipeline = catch_errors gatekeeper healthcheck cache listing_formats \(logins) copy versioned_writes symlink proxy-server
      [app:proxy-server]
      use = egg:swift#proxy
      allow_account_management = true
      account_autocreate = true
      [filter:cache]
      paste.filter_factory = fakecache:filter_factory
      [filter:tempauth]
      use = egg:swift#tempauth
      user_test_tester = testing .admin
      storage_url_scheme = \(certificates == nil ? "http" : "https")
      [filter:s3api]
      use = egg:swift#s3api
      s3_acl = false
      location = us-east-1
      max_bucket_listing = 3
      [filter:versioned_writes]
      use = egg:swift#versioned_writes
      allow_object_versioning = true
      \(keystone?.filters ?? "")
      \(filters)
      """
  }

  /// Starts one of Swift's servers with its settings in our folder instead of /etc/swift.
  private static let runner = """
    import os, sys
    folder, role = sys.argv[1:3]
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    from swift.common import utils
    utils.set_swift_dir(folder + '/etc')
    from swift.common.wsgi import run_wsgi
    arguments = {}
    if role == 'object':
        from swift.obj import server
        arguments['global_conf_callback'] = server.global_conf_callback
    sys.exit(run_wsgi('%s/etc/%s-server.conf' % (folder, role), role + '-server', verbose=True, **arguments))
    """

  /// tempauth insists on a memcache; one process needs no real one.
  private static let cache = """
    import pickle, time as clock
    class Cache:
        def __init__(self): self.held = {}
        def get(self, key, raise_on_error=False):
            value = self.held.get(key)
            if value is None: return None
            if value[1] and value[1] < clock.time():
                self.held.pop(key, None)
                return None
            return pickle.loads(value[0])
        def set(self, key, value, serialize=True, time=0, min_compress_len=0, raise_on_error=False):
            self.held[key] = (pickle.dumps(value), clock.time() + time if time else 0)
        def incr(self, key, delta=1, time=0):
            count = (self.get(key) or 0) + delta
            self.set(key, count, time=time)
            return count
        def decr(self, key, delta=1, time=0): return self.incr(key, -delta, time)
        def delete(self, key, server_key=None): self.held.pop(key, None)
        def set_multi(self, values, server_key, serialize=True, time=0, min_compress_len=0):
            for key, value in values.items(): self.set(key, value, time=time)
        def get_multi(self, keys, server_key): return [self.get(key) for key in keys]
    def filter_factory(global_conf, **conf):
        cache = Cache()
        def make(app):
            def call(env, start):
                env['swift.cache'] = cache
                return app(env, start)
            return call
        return make
    """
}
