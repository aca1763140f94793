import Foundation
import TestSupport

/// A Python program in a child that is kept, and that runs statements which come to its standard input in Base64.
///
/// It ends each answer with `\x1eok NUMBER\x1f`, or with an error's text in the place of `ok`.
actor PythonConsole {
  private let child: ChildProcess
  private var count = 0

  init(_ arguments: [String], environment: [String: String] = [:]) throws {
    child = try ChildProcess(
      executable: try Peer.path("python/bin/python"), arguments: arguments,
      environment: TestEnvironment.clean.merging(environment) { $1 }, input: .pipe)
  }

  /// Runs statements after those given before; gives what they print.
  func run(_ statements: String) async throws -> String {
    count += 1
    let number = count
    try child.writeInput(Data("\(Data(statements.utf8).base64EncodedString())\n".utf8))
    while true {
      let parts = child.stdoutSoFar.split(separator: "\u{1f}", omittingEmptySubsequences: false)
      if parts.count > number {
        let answer = parts[number - 1].split(separator: "\u{1e}", omittingEmptySubsequences: false)
        guard answer.last == "ok \(number)" else {
          throw ServerError(description: "\(statements): \(answer.last ?? "")")
        }
        return String(answer.first ?? "")
      }
      guard child.isRunning else {
        throw ServerError(description: "python: \(child.stderrSoFar.suffix(2000))")
      }
      try await Task.sleep(for: .milliseconds(3))
    }
  }
}
