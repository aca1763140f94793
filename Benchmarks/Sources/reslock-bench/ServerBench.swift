import Foundation

/// `reslock-bench --servers RESLOCK RESTIC PEERS`: both programs on rest-server and on moto's S3, a round trip away.
enum ServerBench {
  private static let lockCount = 200

  static func run(reslock: String, restic: String, peers: String, folder: String, rounds: Int) throws {
    let programs = Programs(
      restic: restic, reslock: reslock, home: folder,
      more: [
        "AWS_ACCESS_KEY_ID": "benchmark", "AWS_SECRET_ACCESS_KEY": "benchmark",
        "AWS_DEFAULT_REGION": "us-east-1",
      ])
    let data = folder + "/data"
    try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
    let made = data + "/free"
    _ = try programs.restic("init", repository: made).run()
    let forge = try LockForge(
      masterKey: try programs.restic("cat", "masterkey", repository: made).output())
    let (one, many) = (data + "/one", data + "/many")
    for (repository, count) in [(one, 1), (many, lockCount)] {
      try BenchmarkRepositories.copy(made, to: repository)
      // rest-server tells no file times: a day of silence settles it.
      try forge.writeExpiredLocks(count: count, into: repository + "/locks", youngestSeconds: 2 * 86_400)
    }
    show("a round trip of \(Int(PeerServer.roundTripSeconds * 1000)) ms; medians of \(rounds) runs in turn")
    show("")
    Table.printHeader()
    try onREST(programs, peers, data: data, one: one, many: many, rounds: rounds)
    try onS3(programs, peers, many: many, rounds: rounds)
  }

  private static func onREST(
    _ programs: Programs, _ peers: String, data: String, one: String, many: String, rounds: Int
  ) throws {
    let server = try PeerServer(
      peers + "/rest-server", { ["--path", data, "--no-auth", "--listen", "127.0.0.1:\($0)"] },
      environment: [:])
    defer { server.stop() }
    func location(_ path: String) -> String {
      "rest:http://127.0.0.1:\(server.slowPort)/\(path.split(separator: "/").last ?? "")/"
    }
    let id = try BenchmarkRepositories.lockNames(of: one).first ?? ""
    let steps = [
      programs.restic("list", "locks", "--no-lock", repository: location(one)),
      programs.restic("cat", "lock", id, "--no-lock", repository: location(one)),
    ]
    Table.printRow(
      try measure(
        "one lock, rest: list / list locks, cat lock", bar: 1.0 / 3, rounds: rounds,
        restic: { try steps.reduce(0) { $0 + (try $1.run().wallSeconds) } },
        reslock: { try programs.reslock("list", repository: location(one)).run().wallSeconds }))
    let copy = data + "/copy"
    func renew() throws {
      try? FileManager.default.removeItem(atPath: copy)
      try BenchmarkRepositories.copy(many, to: copy)
    }
    Table.printRow(
      try unlocking(
        "\(lockCount) expired locks, rest: unlock / unlock", programs, rounds: rounds,
        location: location(copy),
        selection: [], renew: renew
      ) { try BenchmarkRepositories.lockNames(of: copy).count })
  }

  private static func onS3(_ programs: Programs, _ peers: String, many: String, rounds: Int) throws {
    let server = try PeerServer(
      peers + "/python/bin/moto_server", { ["-H", "127.0.0.1", "-p", "\($0)"] }, environment: [:])
    defer { server.stop() }
    func python(_ program: String) -> TimedProcess {
      TimedProcess(
        executable: peers + "/python/bin/python",
        arguments: ["-c", client + program, "http://127.0.0.1:\(server.port)", many], environment: [:])
    }
    // Uploaded a moment ago, they are fresh by the bucket's word, and have to be named.
    let names = try BenchmarkRepositories.lockNames(of: many).flatMap { ["--id", $0] }
    Table.printRow(
      try unlocking(
        "\(lockCount) locks, s3: unlock --id … --force / unlock", programs, rounds: rounds,
        location: "s3:http://127.0.0.1:\(server.slowPort)/bucket/pre", selection: names + ["--force"],
        renew: { _ = try python(upload).run() }
      ) { Int(try python(count).output().filter(\.isNumber)) ?? -1 })
  }

  private static let client = """
    import boto3, os, sys
    s3 = boto3.client('s3', endpoint_url=sys.argv[1], aws_access_key_id='x', aws_secret_access_key='x',
                      region_name='us-east-1')

    """
  private static let upload = """
    s3.create_bucket(Bucket='bucket')
    for folder, _, names in os.walk(sys.argv[2]):
        for name in names:
            path = os.path.join(folder, name)
            s3.upload_file(path, 'bucket', 'pre/' + os.path.relpath(path, sys.argv[2]))
    """
  private static let count =
    "print(s3.list_objects_v2(Bucket='bucket', Prefix='pre/locks/')['KeyCount'])"

  /// Both remove all locks; each run has them anew, and is believed only if none is left.
  private static func unlocking(
    _ work: String, _ programs: Programs, rounds: Int, location: String, selection: [String],
    renew: @escaping () throws -> Void,
    remaining: @escaping () throws -> Int
  ) throws -> Measurement {
    func timed(_ process: TimedProcess) throws -> Double {
      try renew()
      programs.forget()
      let seconds = try process.run().wallSeconds
      let left = try remaining()
      guard left == 0 else {
        throw BenchmarkFailure(description: "\(work): \(left) locks are left, so that the work was not done")
      }
      return seconds
    }
    return try measure(
      work, bar: 0.6, rounds: rounds,
      restic: { try timed(programs.restic("unlock", repository: location)) },
      reslock: {
        try timed(
          programs.reslock(["unlock", "--yes", "--trust-clock", "--quiet"] + selection, repository: location))
      })
  }
}
