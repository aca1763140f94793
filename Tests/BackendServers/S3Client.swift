import Foundation
import TestSupport

/// The AWS SDK for Python in a child that is kept: an independent client of a server under test.
actor S3Client {
  private let child: ChildProcess
  private var count = 0

  init(endpoint: String, keyID: String, secret: String) throws {
    let program = #"""
      import base64, boto3, sys
      from botocore.config import Config
      s3 = boto3.client('s3', endpoint_url=sys.argv[1], aws_access_key_id=sys.argv[2],
                        aws_secret_access_key=sys.argv[3], region_name='us-east-1',
                        config=Config(s3={'addressing_style': 'path'}, retries={'max_attempts': 2},
                                      request_checksum_calculation='when_required'))
      for number, line in enumerate(sys.stdin, 1):
          try:
              exec(base64.b64decode(line))
              print('\x1eok', number, end='\x1f', flush=True)
          except Exception as error:
              print('\x1e', error, number, end='\x1f', flush=True)
      """#
    child = try ChildProcess(
      executable: try Peer.path("python/bin/python"), arguments: ["-c", program, endpoint, keyID, secret],
      environment: TestEnvironment.clean, input: .pipe)
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
