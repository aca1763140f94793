internal import Synchronization
package import Foundation

/// The environment children of tests get: nothing of the caller's but PATH, and a home of its own.
package enum TestEnvironment {
  /// The documented password of every fixture repository.
  package static let fixturePassword = "correct horse battery staple"

  package static let clean: [String: String] = {
    [
      "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin",
      "HOME": home, "TMPDIR": FileManager.default.temporaryDirectory.path, "LC_ALL": "C", "TZ": "UTC",
      "RESTIC_CACHE_DIR": home + "/cache", "XDG_CACHE_HOME": home + "/cache",
      "XDG_STATE_HOME": home + "/state", "XDG_CONFIG_HOME": home + "/config",
    ]
  }()

  /// The checkout's top folder.
  package static let checkout = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  package static let fixtures = checkout.appendingPathComponent("Fixtures", isDirectory: true)

  /// One for the whole test run; a static object is never released, so it is removed at exit.
  private static let home: String = {
    guard let folder = try? TemporaryFolder("home") else { return "/nonexistent" }
    let path = folder.path
    homeAtExit.withLock { $0 = folder }
    atexit { homeAtExit.withLock { $0 = nil } }
    return path
  }()
}

private let homeAtExit = Mutex<TemporaryFolder?>(nil)
