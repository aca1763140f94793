import BackendServers
import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The past of a bucket in which real restic wrote, was killed and unlocked.
@Suite("An audit of a versioned bucket") struct VersionedBucketTests {
  private struct List: Decodable {
    struct Lock: Decodable {
      let id: String
      let pid: Int64?
    }
    let locks: [Lock]
  }

  private struct Report: Decodable {
    struct Lock: Decodable {
      struct Removal: Decodable {
        let time: String
        let ground: String
      }
      let id: String
      let source: String
      let pid: Int64?
      let removed: Removal?
    }
    let locks: [Lock]
    let missing: [String]
    let history: String
  }

  private let server: MotoServer
  private let state: TemporaryFolder

  init() async throws { (server, state) = (try await MotoServer(), try TemporaryFolder()) }

  private var environment: [String: String] {
    server.environment.merging(["XDG_STATE_HOME": state.path]) { $1 }
  }

  private func restic(_ arguments: [String]) async throws -> ProcessResult {
    let result = try await ResticBinary.newest.run(
      ["-r", server.location()] + arguments, repository: nil, environment: environment)
    try #require(result.exitCode == 0, "\(arguments): \(result.what)")
    return result
  }

  private func audit(exitCode: Int32 = 0) async throws -> Report {
    let result = try await ReslockBinary.run(
      ["audit", "--json", "-r", server.location()], environment: environment)
    try #require(result.exitCode == exitCode, "\(result.what)")
    return try JSONDecoder().decode(Report.self, from: Data(result.stdoutBytes))
  }

  private func locks() async throws -> [List.Lock] {
    let result = try await ReslockBinary.run(
      ["list", "--json", "-r", server.location()], environment: environment)
    return try JSONDecoder().decode(List.self, from: Data(result.stdoutBytes)).locks
  }

  @Test("shows every lock that ever was, and when it was deleted")
  func wholePast() async throws {
    try await server.run(
      """
      s3.create_bucket(Bucket='bucket')
      s3.put_bucket_versioning(Bucket='bucket', VersioningConfiguration={'Status': 'Enabled'})
      """)
    _ = try await restic(["init"])
    _ = try await restic(["backup", "/etc/hostname"])
    let holder = try ResticBinary.newest.start(
      ["-r", server.location(), "backup", "--stdin"], repository: nil, environment: environment)
    let held = try await eventually("restic takes its lock") { try await locks().first }
    holder.kill(SIGKILL)
    try await holder.wait()
    let between = try await audit()
    #expect(between.history == "complete")
    _ = try await restic(["unlock"])
    #expect(try await locks().isEmpty)
    let id = try #require(held.pid).description

    let truth = try await server.run(
      """
      pages = s3.get_paginator('list_object_versions').paginate(Bucket='bucket', Prefix='pre/locks/')
      everything = [page for page in pages]
      print(' '.join(version['Key'].split('/')[-1] for page in everything for version in page['Versions']))
      """)
    let names = Set(truth.split(whereSeparator: \.isWhitespace).map(String.init))
    try #require(names.count >= 2 && names.contains(held.id))
    let report = try await audit()
    let past = report.locks.filter { $0.source == "version" }
    #expect(Set(past.map(\.id)) == names && past.count == names.count)
    #expect(past.allSatisfy { $0.removed?.ground == "deletion" && $0.pid != nil })
    #expect(past.first { $0.id == held.id }?.pid.map(String.init) == id)
    #expect(report.history == "complete" && !report.missing.contains { $0.contains("past versions") })
  }

  @Test("of a bucket without versions says that none were ever kept")
  func unversioned() async throws {
    try await server.run("s3.create_bucket(Bucket='bucket')")
    _ = try await restic(["init"])
    let report = try await audit()
    #expect(report.history == "none")
    #expect(report.missing.contains { $0.contains("never kept") }, "\(report.missing)")
  }

  @Test("without the permission to list versions says which one is missing, and still reports")
  func forbidden() async throws {
    try await server.run("s3.create_bucket(Bucket='bucket')")
    _ = try await restic(["init"])
    try await server.run(
      """
      iam = boto3.client('iam', endpoint_url=sys.argv[1], aws_access_key_id=sys.argv[2],
                         aws_secret_access_key=sys.argv[3], region_name='us-east-1')
      iam.put_user_policy(UserName='u', PolicyName='no-versions', PolicyDocument='''{"Version": "2012-10-17",
        "Statement": [{"Effect": "Deny", "Action": "s3:ListBucketVersions", "Resource": "*"}]}''')
      """)
    let report = try await audit(exitCode: 1)
    #expect(report.missing.contains { $0.contains("s3:ListBucketVersions") }, "\(report.missing)")
  }
}
