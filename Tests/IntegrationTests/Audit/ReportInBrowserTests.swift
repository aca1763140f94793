import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Opens reports in a real browser.
///
/// `AUDIT_SCREENSHOTS=FOLDER` keeps the pictures for a person to look at.
@Suite("A report in Chromium", .serialized)
struct ReportInBrowserTests {
  /// A repository whose names attack, with an incident in it.
  private static func hostileRepository(port: UInt16) throws -> ScenarioRepository {
    let repository = try ScenarioRepository()
    let names = [
      "<img src=http://127.0.0.1:\(port)/i>", "\"><script>console.error('owned')</script>",
      "<link rel=stylesheet href=http://127.0.0.1:\(port)/c>",
      "</style><iframe src=http://127.0.0.1:\(port)/f>",
      "'onload='console.error(1)", "\u{202e}gnp", "web1", "web2", "nas",
    ]
    for (index, name) in names.enumerated() {
      for turn in 0...index % 4 {
        try repository.addLock(
          pid: Int64(5000 + index), secondsAgo: 3000 + Double(index * 900 + turn * 300), hostname: name,
          exclusive: index % 3 == 0, username: name)
      }
      try repository.forge.addSnapshot(
        start: Machine.time(secondsAgo: 5000 + Double(index * 700)),
        end: Machine.time(secondsAgo: 4000 + Double(index * 700)),
        hostname: index < 6 ? "h\(index)" : name, program: index == 7 ? "rustic 0.9.5" : "restic 0.19.1")
    }
    return repository
  }

  private static func browse(_ page: URL, _ flags: [String]) async throws -> ProcessResult {
    let profile = try TemporaryFolder("chromium")
    let result = try await ChildProcess.run(
      "chromium",
      [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
        "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
        "--enable-logging=stderr", "--user-data-dir=\(profile.path)",
      ] + flags + [page.absoluteString], timeout: .seconds(600))
    withExtendedLifetime(profile) {}
    return result
  }

  /// Waits for nobody: whoever connects has to be seen afterwards.
  private final class Listener {
    let descriptor: Int32
    let port: UInt16

    init() throws {
      #if canImport(Glibc)
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      #else
        let descriptor = socket(AF_INET, SOCK_STREAM, 0)
      #endif
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
      var length = socklen_t(MemoryLayout<sockaddr_in>.size)
      let isBound = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
          bind(descriptor, address, length) == 0 && listen(descriptor, 16) == 0
            && getsockname(descriptor, address, &length) == 0
        }
      }
      self.descriptor = descriptor
      port = UInt16(bigEndian: address.sin_port)
      try #require(isBound)
      _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    }

    var wasCalled: Bool { accept(descriptor, nil, nil) >= 0 }

    deinit { close(descriptor) }
  }

  @Test("it draws without an error on the console and without a request, whatever the names say")
  func hostileNames() async throws {
    let listener = try Listener()
    let repository = try Self.hostileRepository(port: listener.port)
    let audit = try await WrittenAudit.make(of: repository)
    let netLog = repository.folder.path("net.json")
    let result = try await Self.browse(audit.page, ["--log-net-log=\(netLog)", "--dump-dom"])
    #expect(result.exitCode == 0, "\(result.what)")
    #expect(!result.stderr.contains("CONSOLE"), "\(result.stderr)")
    #expect(result.stdout.contains("What was found") && result.stdout.contains("class=\"shared\""))
    #expect(!listener.wasCalled)
    let log = try String(contentsOfFile: netLog, encoding: .utf8)
    #expect(!log.contains("127.0.0.1:\(listener.port)"))
  }

  @Test(
    "it can be looked at: light, dark, narrow and on paper",
    arguments: [
      ("light", ["--window-size=1280,2400"]),
      ("dark", ["--window-size=1280,2400", "--blink-settings=preferredColorScheme=0"]),
      ("narrow", ["--window-size=480,2400"]),
    ])
  func screenshots(name: String, flags: [String]) async throws {
    let repository = try Self.hostileRepository(port: 9)
    let audit = try await WrittenAudit.make(of: repository)
    let picture = try Self.picture(name + ".png", repository)
    let result = try await Self.browse(audit.page, flags + ["--screenshot=\(picture.path)"])
    #expect(result.exitCode == 0 && !result.stderr.contains("CONSOLE"), "\(result.what)")
    // A page that failed to draw is a few kilobytes of one colour.
    #expect(try Data(contentsOf: picture).count > 40_000)
  }

  @Test("it prints")
  func paper() async throws {
    let repository = try Self.hostileRepository(port: 9)
    let audit = try await WrittenAudit.make(of: repository)
    let document = try Self.picture("report.pdf", repository)
    let result = try await Self.browse(
      audit.page, ["--print-to-pdf=\(document.path)", "--no-pdf-header-footer"])
    #expect(result.exitCode == 0, "\(result.what)")
    #expect(try Data(contentsOf: document).starts(with: Data("%PDF".utf8)))
  }

  @Test("ten thousand locks and a thousand snapshots still draw")
  func manyLocks() async throws {
    let repository = try ScenarioRepository()
    for index in 0..<10_000 {
      try repository.addLock(
        pid: Int64(1000 + index), secondsAgo: 4000 + Double(index) * 60, hostname: "host\(index % 300)",
        exclusive: index % 50 == 0)
    }
    for index in 0..<1000 {
      try repository.forge.addSnapshot(
        start: Machine.time(secondsAgo: 4000 + Double(index) * 600), hostname: "host\(index % 300)")
    }
    let audit = try await WrittenAudit.make(of: repository)
    #expect(audit.report.locks.count == 10_000 && audit.report.snapshots.count == 1000)
    let picture = try Self.picture("many.png", repository)
    let result = try await Self.browse(
      audit.page, ["--window-size=1280,3000", "--screenshot=\(picture.path)"])
    #expect(result.exitCode == 0 && !result.stderr.contains("CONSOLE"), "\(result.what)")
    #expect(try Data(contentsOf: picture).count > 40_000)
    #expect(try Data(contentsOf: audit.page).count < 3_000_000)
  }

  private static func picture(_ name: String, _ repository: ScenarioRepository) throws -> URL {
    guard let folder = ProcessInfo.processInfo.environment["AUDIT_SCREENSHOTS"] else {
      return repository.folder.url.appendingPathComponent(name)
    }
    return URL(fileURLWithPath: folder).appendingPathComponent(name)
  }
}
