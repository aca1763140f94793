import HostFacts
import ResticLocks
import Testing

@Suite("A command line shown to people") struct CommandLineTextTests {
  static let secret = "hunter2"

  static let commandLines: [[String]] = [
    ["restic", "-r", "rest:https://anna:hunter2@backup.example.org/anna/", "backup", "/"],
    ["restic", "-r", "rest:https://anna:hunt@hunter2@backup.example.org/", "backup"],
    ["restic", "-r", "rest:https://anna:pa/hunter2@backup.example.org/", "backup"],
    ["restic", "-r", "rest:https://anna:hunter2,x=1@backup.example.org:8000/r", "backup"],
    ["env", "RESTIC_PASSWORD=hunter2", "restic", "backup"],
    ["env", "AWS_SECRET_ACCESS_KEY=hunter2", "restic", "backup"],
    ["env", "B2_ACCOUNT_KEY=hunter2", "restic"],
    ["env", "AZURE_ACCOUNT_SAS=hunter2", "restic"],
    ["env", "OS_AUTH_TOKEN=hunter2", "restic"],
    ["env", "ST_KEY=hunter2", "restic"],
    ["rustic", "--password", "hunter2", "backup"],
    ["rustic", "--password=hunter2", "backup"],
    ["rclone", "serve", "restic", "--user", "anna", "--pass", "hunter2", "remote:"],
    ["rclone", "serve", "restic", "--s3-secret-access-key", "hunter2", "remote:"],
    ["restic", "--password-command", "echo hunter2", "backup"],
    ["restic", "--password-command=echo hunter2", "backup"],
    ["sh", "-c", "RESTIC_PASSWORD=hunter2 restic backup"],
    ["sh", "-c", "export AWS_SECRET_ACCESS_KEY=hunter2; restic --password-file /etc/restic/pw backup"],
    ["sh", "-c", "RESTIC_PASSWORD='correct hunter2' restic --password-file=/etc/restic/pw backup"],
    ["sh", "-c", "rustic --password hunter2 backup"],
    ["restic", "-r", "rclone:remote,pass=hunter2:path", "backup"],
    ["restic", "-r=rclone::sftp,host=h,pass=hunter2:path", "backup"],
    ["restic", "-rrclone::local,nounc,pass=hunter2:/path", "backup"],
    ["reslock", "unlock", "--repo=rclone::local,nounc=true,pass='a:hunter2 b':/path"],
    ["rclone", "serve", "restic", "--stdio", ":sftp,host=h,pass=hunter2:path"],
    ["sh", "-c", "restic --repo rclone:remote,pass=hunter2:path backup"],
    ["sh", "-c", "restic -r rest:https://a:b@x/ copy --from-repo rest:https://c:hunter2@y/"],
  ]

  @Test("has no secret in it", arguments: commandLines)
  func hidesSecrets(arguments: [String]) {
    #expect(!CommandLineText.text(arguments).contains(Self.secret))
  }

  @Test("has no secret in it where it is the reason of a verdict", arguments: commandLines)
  func hidesSecretsInReasons(arguments: [String]) {
    let process = ProcessLook.process(commandName: "restic", arguments: arguments)
    let evidence = ProcessLook(facts: PIDFacts(pid: 4711, processes: [process], signalZero: .exists)).judge()
    #expect(evidence.state == .alive)
    #expect(!evidence.reasons.joined().contains(Self.secret))
  }

  @Test(
    "keeps what is no secret",
    arguments: [
      ["restic", "-r", "/srv/backup", "--password-file", "/etc/restic/pw", "backup", "/home"],
      ["restic", "--password-file=/etc/restic/pw", "forget", "--keep-daily=7"],
      ["restic", "-r", "rest:https://backup.example.org:8000/anna/", "--key-hint", "1a2b", "prune"],
      ["restic", "-r", "sftp://anna@backup.example.org//srv", "check"],
    ])
  func keepsTheRest(arguments: [String]) {
    #expect(CommandLineText.text(arguments) == arguments.joined(separator: " "))
  }

  @Test("is bounded in length")
  func bounded() {
    let text = CommandLineText.text(
      ["restic"] + Array(repeating: "/a/path", count: 10_000), characterLimit: 100)
    #expect(text.count == 101 && text.hasSuffix("…"))
  }
}
