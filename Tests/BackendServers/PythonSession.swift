import Foundation
import TestSupport

/// A Python that is kept running, with a library in it as an independent client of a server under test.
actor PythonSession {
  private let child: ChildProcess
  private var count = 0

  /// `setup` runs first; it finds `arguments` in `sys.argv`.
  init(setup: String, arguments: [String]) throws {
    let loop = #"""

      import base64
      for number, line in enumerate(sys.stdin, 1):
          try:
              exec(base64.b64decode(line))
              print('\x1eok', number, end='\x1f', flush=True)
          except Exception as error:
              print('\x1e', error, number, end='\x1f', flush=True)
      """#
    child = try ChildProcess(
      executable: try Peer.path("python/bin/python"),
      arguments: ["-c", "import sys\n\(setup)\(loop)"] + arguments,
      environment: TestEnvironment.clean, input: .pipe)
  }

  /// OpenStack's own client of Swift, signed in by version 1, as `swift`.
  static func swift(login: String, user: String, key: String) throws -> PythonSession {
    try PythonSession(
      setup: #"""
        import swiftclient
        swift = swiftclient.Connection(authurl=sys.argv[1], user=sys.argv[2], key=sys.argv[3], auth_version='1')
        """#, arguments: [login, user, key])
  }

  /// Plain requests to Google's storage with a token, as `call(method, path, body)`.
  static func google(host: String) throws -> PythonSession {
    try PythonSession(
      setup: #"""
        import requests
        base, token = 'http://' + sys.argv[1], None
        def call(method, path, body=None):
            global token
            token = token or requests.get(base + '/control/token').json()['access_token']
            answer = requests.request(method, base + path, data=body, headers={'Authorization': 'Bearer ' + token})
            answer.raise_for_status()
            return answer
        """#, arguments: [host])
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
        throw ServerError(description: "python: \(child.stderrSoFar.suffix(1000))")
      }
      try await Task.sleep(for: .milliseconds(3))
    }
  }
}
