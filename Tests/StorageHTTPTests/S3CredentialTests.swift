import BackendServers
import Foundation
import ResticStorage
import StorageBackends
import TestSupport
import Testing

/// Credentials that are lent: by containers, machines, programs and roles.
@Suite struct S3CredentialTests {
  private static let secret = "lentSecretThatNobodyMaySee"

  /// A bucket of moto with a repository in it.
  private func repository() async throws -> MotoServer {
    let server = try await MotoServer()
    let made = try await ResticBinary.newest.run(
      ["-r", server.location(), "init"], repository: nil, environment: server.environment)
    try #require(made.exitCode == 0, "\(made.stderr)")
    return server
  }

  private func status(_ server: MotoServer, _ environment: [String: String]) async throws -> ProcessResult {
    let result = try await ReslockBinary.run(
      ["status", "-r", server.location()], environment: environment)
    #expect(!result.stderr.contains(server.secret) && !result.stderr.contains(Self.secret))
    return result
  }

  private static func document(_ server: MotoServer, _ more: String = "") -> String {
    #"{"Code":"Success","AccessKeyId":"\#(server.keyID)","SecretAccessKey":"\#(server.secret)"\#(more)}"#
  }

  @Test("a container's service is asked with its token, from a variable or a file")
  func container() async throws {
    let server = try await repository()
    let lender = try FaultServer { request, _ in
      guard request.headers["authorization"] == "Bearer pod" else { return [.answer(403)] }
      return [.answer(200, [:], Self.document(server))]
    }
    let folder = try TemporaryFolder("token")
    try Data("Bearer pod\n".utf8).write(to: folder.url.appendingPathComponent("token"))
    let url = ["AWS_CONTAINER_CREDENTIALS_FULL_URI": "\(lender.url)/creds?role=x"]
    for variable in [
      ["AWS_CONTAINER_AUTHORIZATION_TOKEN": "Bearer pod"],
      ["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": folder.path("token")],
    ] {
      let result = try await status(server, url.merging(variable) { $1 })
      #expect(result.exitCode == 0, "\(result.stderr)")
    }
    // Once a run, whatever else is asked.
    #expect(lender.requests.map(\.target) == ["/creds?role=x", "/creds?role=x"])
    let refused = try await status(server, url)
    #expect(refused.exitCode == 1 && refused.stderr.contains("container's credential service answered"))
  }

  @Test(
    "a machine's metadata service of either version lends its role's credentials", arguments: [true, false])
  func instance(_ isVersion2: Bool) async throws {
    let server = try await repository()
    let lender = try FaultServer { request, _ in
      if request.method == "PUT" {
        let isAsked = request.headers["x-aws-ec2-metadata-token-ttl-seconds"] != nil
        return isVersion2 && isAsked ? [.answer(200, [:], "the-token")] : [.answer(404)]
      }
      let token = request.headers["x-aws-ec2-metadata-token"]
      guard token == (isVersion2 ? "the-token" : nil) else { return [.answer(401)] }
      switch request.target {
      case "/latest/meta-data/iam/security-credentials/": return [.answer(200, [:], "role-a\nrole-b")]
      case "/latest/meta-data/iam/security-credentials/role-a":
        return [.answer(200, [:], Self.document(server, #","Expiration":"2099-01-01T00:00:00Z""#))]
      default: return [.answer(404)]
      }
    }
    let result = try await status(server, ["AWS_EC2_METADATA_SERVICE_ENDPOINT": "\(lender.url)/"])
    #expect(result.exitCode == 0, "\(result.stderr)")
    #expect(lender.requests.map(\.method) == ["PUT", "GET", "GET"])
  }

  @Test("where nobody lends any, the message says how to give some")
  func none() async throws {
    let server = try await repository()
    for environment in [
      ["AWS_EC2_METADATA_DISABLED": "true"],
      // Nobody listens there.
      ["AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:\(try ServerProcess.freePort())"],
    ] {
      let result = try await status(server, environment)
      #expect(result.exitCode == 1 && result.stderr.contains("AWS_ACCESS_KEY_ID"), "\(result.stderr)")
    }
  }

  @Test("a program that a profile names prints them, for restic too")
  func program() async throws {
    let server = try await repository()
    let folder = try TemporaryFolder("home")
    let script = folder.path("print")
    try Data("#!/bin/sh\n[ \"$1\" = --for ] && echo '\(Self.document(server, #","Version":1"#))'\n".utf8)
      .write(to: URL(fileURLWithPath: script))
    // By a shell: what was written a moment ago can't be started while a child of another test still holds it open.
    try Data("[default]\ncredential_process = /bin/sh \(script) --for s3\n".utf8)
      .write(to: folder.url.appendingPathComponent("credentials"))
    let environment = ["AWS_SHARED_CREDENTIALS_FILE": folder.path("credentials")]
    let restic = try await ResticBinary.newest.run(
      ["-r", server.location(), "list", "locks", "--no-lock"], repository: nil, environment: environment)
    #expect(restic.exitCode == 0, "\(restic.stderr)")
    let result = try await status(server, environment)
    #expect(result.exitCode == 0, "\(result.stderr)")
    try Data("[default]\ncredential_process = /bin/sh \(script)\n".utf8)
      .write(to: folder.url.appendingPathComponent("credentials"))
    let failing = try await status(server, environment)
    #expect(failing.exitCode == 1 && failing.stderr.contains("/bin/sh"), "\(failing.stderr)")
  }

  @Test("a role is assumed as restic assumes it, and a refusal names the role")
  func role() async throws {
    let server = try await repository()
    let policy = #"'{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'"#
    let arn = try await server.run(
      "iam = boto3.client('iam', endpoint_url=sys.argv[1], aws_access_key_id=sys.argv[2], "
        + "aws_secret_access_key=sys.argv[3], region_name='us-east-1')\n"
        + "role = iam.create_role(RoleName='backup', AssumeRolePolicyDocument=\(policy))\n"
        + "iam.put_role_policy(RoleName='backup', PolicyName='p', PolicyDocument=\(policy))\n"
        + "print(role['Role']['Arn'])"
    ).trimmingCharacters(in: .whitespacesAndNewlines)
    let endpoint = server.location().dropFirst("s3:".count).replacingOccurrences(of: "/bucket/pre", with: "")
    var environment = server.environment
    environment["RESTIC_AWS_ASSUME_ROLE_ARN"] = arn
    environment["RESTIC_AWS_ASSUME_ROLE_SESSION_NAME"] = "nightly"
    environment["RESTIC_AWS_ASSUME_ROLE_STS_ENDPOINT"] = endpoint
    let restic = try await ResticBinary.newest.run(
      ["-r", server.location(), "list", "locks", "--no-lock"], repository: nil, environment: environment)
    #expect(restic.exitCode == 0, "\(restic.stderr)")
    let result = try await status(server, environment)
    #expect(result.exitCode == 0, "\(result.stderr)")
    environment["AWS_SECRET_ACCESS_KEY"] = Self.secret
    let refused = try await status(server, environment)
    #expect(
      refused.exitCode == 1 && refused.stderr.contains("token service refuses the role"), "\(refused.stderr)")
  }

  @Test("a web identity's token is exchanged for a role's credentials")
  func webIdentity() async throws {
    let server = try await repository()
    let lender = try FaultServer { request, _ in
      let form = String(decoding: request.body, as: UTF8.self)
      guard request.headers["authorization"] == nil, form.contains("Action=AssumeRoleWithWebIdentity"),
        form.contains("WebIdentityToken=a.b-c_d"), form.contains("RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fr")
      else { return [.answer(400)] }
      return [
        .answer(
          200, [:],
          "<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>"
            + "<AccessKeyId>\(server.keyID)</AccessKeyId><SecretAccessKey>\(server.secret)</SecretAccessKey>"
            + "</Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>")
      ]
    }
    let folder = try TemporaryFolder("token")
    try Data("a.b-c_d\n".utf8).write(to: folder.url.appendingPathComponent("token"))
    let result = try await status(
      server,
      [
        "AWS_WEB_IDENTITY_TOKEN_FILE": folder.path("token"), "AWS_ROLE_ARN": "arn:aws:iam::1:role/r",
        "AWS_ENDPOINT_URL_STS": lender.url,
      ])
    #expect(result.exitCode == 0, "\(result.stderr)")
  }

  @Test("lent credentials are asked for anew shortly before they expire, and not before")
  func expiry() async throws {
    let bucket = try FaultServer { _, _ in [.answer(200, ["Content-Length": "3"])] }
    for (expiration, requestCount) in [("2020-01-01T00:00:00Z", 3), ("2099-01-01T00:00:00Z", 1)] {
      let lender = try FaultServer { _, count in
        [
          .answer(
            200, [:],
            #"{"AccessKeyId":"K\#(count)","SecretAccessKey":"s","Token":"t","Expiration":"\#(expiration)"}"#)
        ]
      }
      let connection = try await StorageConnector.testing(
        "s3:http://127.0.0.1:\(bucket.port)/bucket/pre", ["AWS_CONTAINER_CREDENTIALS_FULL_URI": lender.url]
      ).connect()
      let before = bucket.requests.count
      for _ in 0..<3 { _ = try await connection.storage.stat(.config) }
      await connection.close()
      #expect(lender.requests.count == requestCount)
      let last = try #require(bucket.requests.dropFirst(before).last)
      #expect(last.headers["authorization"]?.contains("Credential=K\(requestCount - 1)/") == true)
      #expect(last.headers["x-amz-security-token"] == "t")
    }
  }

  @Test(
    "a lender that misbehaves is told as that in bounded time, and nothing it says is shown",
    arguments: [
      [FaultServer.Step.answer(200, [:], "{\"AccessKeyId\":\"\(secret)\"}")],
      [.answer(200, [:], "{\"AccessKeyId\":\"a\\nX-Evil: 1\",\"SecretAccessKey\":\"\(secret)\"}")],
      [.answer(200, [:], "[\"\(secret)\"")], [.answer(500, [:], secret)], [.answer(403, [:], secret)],
      [.answer(302, ["Location": "http://127.0.0.1:1/\(secret)"])], [.reset],
      [.text("HTTP/1.1 200 OK\r\n\r\n"), .endless(Array(secret.utf8))],
    ])
  func hostile(_ steps: [FaultServer.Step]) async throws {
    let lender = try FaultServer { _, _ in steps }
    let connection = try await StorageConnector.testing(
      "s3:http://127.0.0.1:9/bucket/pre", ["AWS_CONTAINER_CREDENTIALS_FULL_URI": lender.url]
    ) { $0.retries = false }.connect()
    let error = await #expect(throws: StorageError.self) { _ = try await connection.storage.stat(.config) }
    #expect(error?.description.contains("credential service") == true, "\(String(describing: error))")
    #expect(error?.description.contains(Self.secret) == false)
    await connection.close()
  }

  @Test("credentials are asked for without TLS nowhere but here and at AWS's own addresses")
  func elsewhere() async throws {
    for url in ["http://192.0.2.1/", "ftp://localhost/", "http://user@localhost/", "localhost"] {
      let connection = try await StorageConnector.testing(
        "s3:http://127.0.0.1:9/bucket/pre", ["AWS_CONTAINER_CREDENTIALS_FULL_URI": url]
      ) { $0.retries = false }.connect()
      let error = await #expect(throws: StorageError.self) { _ = try await connection.storage.stat(.config) }
      #expect(error?.kind == .permanent && error?.reason.contains("FULL_URI") == true)
      await connection.close()
    }
  }
}
