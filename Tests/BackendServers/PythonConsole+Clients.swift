/// Libraries of others, as independent clients of a server under test.
extension PythonConsole {
  /// A Python that runs statements after `setup`, which finds `arguments` in `sys.argv`.
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
    try self.init(["-c", "import sys\n\(setup)\(loop)"] + arguments)
  }

  /// The AWS SDK, as `s3`.
  static func s3(endpoint: String, keyID: String, secret: String) throws -> PythonConsole {
    try PythonConsole(
      setup: #"""
        import boto3
        from botocore.config import Config
        s3 = boto3.client('s3', endpoint_url=sys.argv[1], aws_access_key_id=sys.argv[2],
                          aws_secret_access_key=sys.argv[3], region_name='us-east-1',
                          config=Config(s3={'addressing_style': 'path'}, retries={'max_attempts': 2},
                                        request_checksum_calculation='when_required'))
        """#, arguments: [endpoint, keyID, secret])
  }

  /// OpenStack's own client of Swift, signed in by version 1, as `swift`.
  static func swift(login: String, user: String, key: String) throws -> PythonConsole {
    try PythonConsole(
      setup: #"""
        import swiftclient
        swift = swiftclient.Connection(authurl=sys.argv[1], user=sys.argv[2], key=sys.argv[3], auth_version='1')
        """#, arguments: [login, user, key])
  }

  /// Plain requests to Google's storage with a token, as `call(method, path, body)`.
  static func google(host: String) throws -> PythonConsole {
    try PythonConsole(
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
}
