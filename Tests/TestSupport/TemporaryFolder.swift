package import Foundation

/// A folder of its own for one test, removed when the last reference goes.
package final class TemporaryFolder: Sendable {
  package let url: URL
  package var path: String { url.path }

  package init(_ label: String = "test") throws {
    url = FileManager.default.temporaryDirectory
      .appendingPathComponent("reslock-\(label)-\(UUID().uuidString)", isDirectory: true)
    try FileManager.default.createDirectory(
      at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
  }

  package func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  deinit {
    // A test may have taken the permissions away.
    let enumerator = FileManager.default.enumerator(atPath: url.path)
    while let name = enumerator?.nextObject() as? String {
      if enumerator?.fileAttributes?[.type] as? FileAttributeType == .typeDirectory {
        try? FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path(name))
      }
    }
    try? FileManager.default.removeItem(at: url)
  }
}
