import ReslockCommands
import ResticInputs
import ResticLocks
import Testing

@Suite("restic's command lines, read as restic reads them")
struct ResticCommandLineTests {
  static let operations: [(String, String?)] = [
    ("backup /srv", "backup"),
    ("-r /srv/repo backup /srv", "backup"),
    ("--repo=/srv/repo -q backup /srv", "backup"),
    ("-o sftp.args=-x -p /etc/pw --cacert ca.pem prune", "prune"),
    ("--retry-lock 5m forget --keep-daily 7", "forget"),
    ("-vv --json snapshots", "snapshots"),
    ("-r backup prune", "prune"),
    ("--no-lock snapshots", "snapshots --no-lock"),
    ("snapshots --no-lock", "snapshots --no-lock"),
    ("snapshots --no-lock=false", "snapshots"),
    ("backup --dry-run /srv", "backup --dry-run"),
    ("backup -n /srv", "backup --dry-run"),
    ("backup -nv /srv", "backup --dry-run"),
    ("backup -vn /srv", "backup --dry-run"),
    ("backup --exclude -n /srv", "backup"),
    ("backup -e -n /srv", "backup"),
    ("backup -en /srv", "backup"),
    ("backup --tag --dry-run /srv", "backup"),
    ("backup --dry-run=false /srv", "backup"),
    ("backup -n=false /srv", "backup"),
    ("backup -- -n", "backup"),
    ("backup prune", "backup"),
    ("forget --prune --keep-last 1", "forget"),
    ("forget -l 1 -n", "forget --dry-run"),
    ("forget -l -n", "forget"),
    ("prune --max-unused -n", "prune"),
    ("rewrite --forget", "rewrite --forget"),
    ("rewrite --forget -n", "rewrite --forget --dry-run"),
    ("rewrite -e secret", "rewrite"),
    ("repair index", "repair index"),
    ("repair snapshots --forget", "repair snapshots"),
    ("repair snapshots --forget -n", "repair snapshots --dry-run"),
    ("repair", nil),
    ("rebuild-index", "rebuild-index"),
    ("key list", "key list"),
    ("key add --user me", "key add"),
    ("key", nil),
    ("list locks", "list locks"),
    ("list snapshots", "list"),
    ("cat config", "cat"),
    ("copy --from-repo /a latest", "copy"),
    ("init --from-repo /a", "init --from-repo"),
    ("init", "init"),
    ("ls -l latest", "ls"),
    ("unlock", "unlock"),
    ("version", "version"),
    ("backup --help", nil),
    ("-h", nil),
    ("help backup", nil),
    ("", nil),
    ("--repo", nil),
    ("bakcup", nil),
  ]

  @Test("the operation is found behind whatever flags stand before it", arguments: operations)
  func operation(_ text: String, _ expected: String?) {
    let line = ResticCommandLine(text.split(separator: " ").map(String.init))
    #expect(line.operation?.name == expected)
  }

  @Test("what leads to the repository is taken, the last of each")
  func flags() {
    let line = ResticCommandLine([
      "-r", "/a", "--repo=/b", "-p/pw", "--key-hint", "1a2b", "-o", "sftp.connections=2",
      "--option=rest.connections=3",
      "backup", "--cacert=one.pem", "--cacert", "two.pem", "--tls-client-cert", "own.pem",
      "--insecure-no-password",
      "/srv",
    ])
    #expect(line.flags.repository == "/b" && line.flags.passwordFile == "/pw")
    #expect(line.flags.keyHint == "1a2b" && line.flags.isInsecureNoPassword)
    #expect(line.flags.options == ["sftp.connections=2", "rest.connections=3"])
    #expect(line.caCertificates == ["one.pem", "two.pem"] && line.tlsClientCertificate == "own.pem")
    #expect(line.words == ["backup", "/srv"] && line.namesRepository)
  }

  @Test("what belongs to another flag or stands behind -- names no repository")
  func otherRepository() {
    let line = ResticCommandLine(["backup", "--exclude", "-r", "--from-repo", "/a", "--", "--repo", "/b"])
    #expect(!line.namesRepository && line.words == ["backup", "--repo", "/b"])
  }

  @Test(
    "restic is known by its name",
    arguments: [
      ("restic", true), ("/usr/bin/restic", true), ("./restic-0.18.0", true),
      ("restic_0.19.1_linux_amd64", true),
      ("resticprofile", false), ("restic-exporter", false), ("autorestic", false), ("sh", false), ("", false),
      ("/opt/backup-tool", true),
    ])
  func program(name: String, isRestic: Bool) {
    let environment = Environment(["RESLOCK_RESTIC": "/opt/backup-tool"])
    #expect(ResticProgram.isRestic(name, environment: environment) == isRestic)
  }

  @Test(
    "of several operations the one that needs most decides, and each adds its kind of lock",
    arguments: [
      (["backup"], "backup", [false]), (["backup", "prune"], "prune", [false, true]),
      (["forget", "backup"], "forget", [false, true]), (["version"], nil, []), ([], nil, []),
      (["backup --dry-run"], nil, []), (["snapshots --no-lock"], nil, []), (["check"], "check", [true]),
    ] as [([String], String?, Set<Bool>)])
  func plan(names: [String], strictest: String?, exclusivities: Set<Bool>) throws {
    let plan = GuardPlan(operations: try names.map(ResticOperation.named), version: .newest)
    #expect(plan.strictest?.name == strictest && plan.exclusivities == exclusivities)
  }
}
