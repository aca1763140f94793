import Foundation
import TestSupport

/// A moto server: S3 in memory, with signatures and permissions checked.
package final class MotoServer: Sendable {
  package let keyID: String
  package let secret: String
  private let process: ServerProcess
  private let client: PythonConsole

  package init() async throws {
    let program = try Peer.path("python/bin/moto_server")
    // Making the user takes three requests, which nobody could sign yet.
    process = try await ServerProcess("moto", environment: ["INITIAL_NO_AUTH_ACTION_COUNT": "3"]) { port in
      [program, "-H", "127.0.0.1", "-p", "\(port)"]
    }
    let script = #"""
      import boto3, json, sys
      iam = boto3.client('iam', endpoint_url=sys.argv[1], aws_access_key_id='x', aws_secret_access_key='x',
                         region_name='us-east-1')
      iam.create_user(UserName='u')
      key = iam.create_access_key(UserName='u')['AccessKey']
      iam.put_user_policy(UserName='u', PolicyName='p', PolicyDocument=json.dumps({'Version': '2012-10-17',
          'Statement': [{'Effect': 'Allow', 'Action': '*', 'Resource': '*'}]}))
      print(key['AccessKeyId'], key['SecretAccessKey'])
      """#
    let made = try await ChildProcess.run(
      try Peer.path("python/bin/python"), ["-c", script, "http://127.0.0.1:\(process.port)"])
    let words = made.stdout.split(whereSeparator: \.isWhitespace).map(String.init)
    guard words.count == 2 else { throw ServerError(description: "moto: \(made.stderr.suffix(1000))") }
    (keyID, secret) = (words[0], words[1])
    client = try PythonConsole.s3(
      endpoint: "http://127.0.0.1:\(process.port)", keyID: words[0], secret: words[1])
  }

  package func location(_ bucket: String = "bucket", _ prefix: String = "pre") -> String {
    "s3:http://127.0.0.1:\(process.port)/\(bucket)/\(prefix)"
  }

  /// What a client's environment needs.
  package var environment: [String: String] {
    ["AWS_ACCESS_KEY_ID": keyID, "AWS_SECRET_ACCESS_KEY": secret, "AWS_DEFAULT_REGION": "us-east-1"]
  }

  /// Runs Python statements with a signed-in client named `s3`; gives what they print.
  @discardableResult
  package func run(_ statements: String) async throws -> String { try await client.run(statements) }
}
