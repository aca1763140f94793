/// The AWS SDK for Python in a child that is kept: an independent client of a server under test.
struct S3Client: Sendable {
  private let console: PythonConsole

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
    console = try PythonConsole(["-c", program, endpoint, keyID, secret])
  }

  /// Runs statements after those given before; gives what they print.
  func run(_ statements: String) async throws -> String { try await console.run(statements) }
}
