import Foundation
import LockFailureLogs
import TestSupport

/// Logs read in tests.
enum LogReading {
  static let fixtures = TestEnvironment.fixtures.appendingPathComponent("logs", isDirectory: true)

  static let fixtureNames: [String] =
    ((try? FileManager.default.contentsOfDirectory(atPath: fixtures.path)) ?? []).sorted()

  static func bytes(of name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: fixtures.appendingPathComponent(name)))
  }

  static func findings(in text: String) -> LogFindings { findings(in: Array(text.utf8)) }

  /// Reads in chunks of the sizes given, in turn.
  static func findings(in bytes: [UInt8], chunkSizes: [Int] = [1 << 18]) -> LogFindings {
    var reader = LockFailureLogReader()
    var start = 0
    var turn = 0
    while start < bytes.count {
      let end = min(start + max(chunkSizes[turn % chunkSizes.count], 1), bytes.count)
      reader.read(Array(bytes[start..<end]))
      start = end
      turn += 1
    }
    reader.endFile()
    return reader.findings()
  }

  /// Everything that was found, as text that two findings share only when they are the same.
  static func description(_ findings: LogFindings) -> String {
    var text = ""
    dump(findings, to: &text)
    return text
  }
}
