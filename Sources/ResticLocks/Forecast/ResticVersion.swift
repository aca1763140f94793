/// A release of restic, such as 0.19.1.
package struct ResticVersion: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let major: Int
  package let minor: Int
  package let patch: Int

  /// The newest release whose behaviour this program knows.
  package static let newest = ResticVersion(0, 19, 1)

  package init(_ major: Int, _ minor: Int, _ patch: Int) {
    self.major = major
    self.minor = minor
    self.patch = patch
  }

  /// A version as restic prints it: `0.19.1`, also `v0.19.1`, `0.19` and `0.19.1-dev` (read as 0.19.1).
  ///
  /// - Throws: ``ResticVersionError`` for everything else.
  package init(parsing text: String) throws(ResticVersionError) {
    let unprefixed = text.hasPrefix("v") ? text.dropFirst() : text[...]
    let release = unprefixed.prefix { $0 != "-" && $0 != "+" }
    let parts = release.split(separator: ".", omittingEmptySubsequences: false)
    let numbers = parts.compactMap(Self.number)
    guard numbers.count == parts.count, (2...3).contains(numbers.count) else {
      throw ResticVersionError(text: text)
    }
    self.init(numbers[0], numbers[1], numbers.count == 3 ? numbers[2] : 0)
  }

  package var description: String { "\(major).\(minor).\(patch)" }

  package static func < (left: ResticVersion, right: ResticVersion) -> Bool {
    (left.major, left.minor, left.patch) < (right.major, right.minor, right.patch)
  }

  private static func number(_ digits: Substring) -> Int? {
    guard (1...4).contains(digits.utf8.count), digits.utf8.allSatisfy({ (48...57).contains($0) }) else {
      return nil
    }
    return Int(digits)
  }
}

/// A text that is no version of restic.
package struct ResticVersionError: Error, Hashable, CustomStringConvertible {
  package let text: String

  package var description: String {
    "\"\(text)\" is not a version of restic; write it as \(ResticVersion.newest)"
  }
}
