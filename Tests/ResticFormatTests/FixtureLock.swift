import ResticFormat
import Testing

/// A file in the `locks` folder of a fixture, and what its table says of it.
struct FixtureLock: Sendable, CustomTestStringConvertible {
  let fixture: String
  /// The first eight digits.
  let id: String
  let fields: LockCase.Fields?
  let defect: LockDefect.Kind?

  var testDescription: String { "\(fixture) \(id)" }

  static let all: [FixtureLock] = [
    sound("restic-0.14-v1", "ae7babf8", "2026-11-22T19:35:07.470028383Z") {
      $0.hostname = "nas.local"
      $0.username = "cloudsdk"
      $0.pid = 28978
      $0.uid = 1000
      $0.gid = 1000
    },
    sound("restic-0.14-v2", "f6a94cf3", "2026-11-22T19:35:11.483954Z") {
      $0.hostname = "328444606c34"
      $0.username = "root"
      $0.pid = 29143
    },
    sound("restic-0.18-v2", "f7197d30", "2026-11-22T19:35:14.70401234Z") {
      $0.isExclusive = true
      $0.hostname = "mac"
      $0.pid = 29289
    },
    sound("restic-0.19-v2", "60c4cdea", "2026-11-22T19:35:19.256960929Z") {
      $0.hostname = "web2.example.org"
      $0.username = "www-data"
      $0.pid = 29555
      $0.uid = 33
      $0.gid = 33
    },
    sound("restic-0.19-v2", "ac977773", "2026-11-22T19:35:18.665294806Z") {
      $0.hostname = "web1.example.org"
      $0.username = "root"
      $0.pid = 29421
    },
    lineage("cebb05be", "2026-11-22T19:35:31.97466389Z"),
    lineage("840b8513", "2026-11-22T19:40:32.17787122Z"),
    lineage("02a4b6d0", "2026-11-22T19:45:32.177638732Z"),
    forgedV1("822012a8", "2026-11-22T19:24:12.876891Z"),
    forgedV1("efed74fc", "2026-11-22T19:34:12.729171Z"),
    forgedV1("ccf0fffe", "2026-11-22T19:44:12.582906Z"),
    defective("9b293380", .mac),
    defective("55131489", .tooShort),
    FixtureLock(
      fixture: "forged-v2", id: "1400038d",
      fields: sound("forged-v2", "1400038d", "2026-11-22T17:54:10.126863Z") {
        $0.hostname = "forge"
        $0.username = "root"
        $0.pid = 4242
      }.fields, defect: .name),
    defective("901bb343", .encoding),
    defective("afb13274", .empty),
    sound("forged-v2", "f52fdeac", "2026-11-23T19:54:10.500415Z") {
      $0.hostname = "later.example.org"
      $0.username = "root"
      $0.pid = 4242
    },
    sound("forged-v2", "1479d9ca", "2026-11-21T18:54:10.624359Z") {
      $0.hostname = "DESKTOP-7Q2"
      $0.username = #"CORP\backup"#
      $0.pid = 9120
    },
    sound("forged-v2", "d38db82e", "2026-11-21T18:54:10.750796Z") {
      $0.hostname = "b\u{FC}cher-\u{670D}\u{52A1}\u{5668}"
      $0.username = "j\u{FC}rgen"
      $0.pid = 4242
      $0.uid = 1000
      $0.gid = 1000
    },
    sound("forged-v2", "d43aa691", "2026-11-21T18:54:10.885447Z") {
      $0.hostname = "evil\u{1B}]0;owned\u{7}<script>alert(1)</script>\n"
      $0.username = "=cmd|'/c calc'!A1"
      $0.pid = 4242
    },
    sound("forged-v2", "5ed335ca", "2026-11-20T03:04:05+05:30", "2026-11-19T21:34:05Z") {
      $0.isExclusive = true
      $0.hostname = "pune"
      $0.username = "ops"
      $0.pid = 77
    },
    sound("forged-v2", "a2603568", "2026-11-20T03:04:05.000000001-08:00", "2026-11-20T11:04:05.000000001Z") {
      $0.hostname = "sfo"
      $0.pid = 1
    },
    sound("forged-v2", "25cfd05b", "0001-01-01T00:00:00Z") { _ in },
    sound("forged-v2", "9f43d494", "2026-11-20T03:04:05Z") {
      $0.hostname = "h"
      $0.username = "u"
      $0.pid = 5
    },
    defective("09208c6b", .json),
    defective("46714e23", .json),
    sound("forged-v2", "4a3b7ac2", "2026-11-20T03:04:05Z") {
      $0.hostname = "h"
      $0.username = "u"
      $0.pid = -1
    },
    defective("8daefba3", .json),
    defective("ad19372b", .json),
    sound("forged-v2", "b8228446", "2026-11-21T18:54:12.424451Z") {
      $0.hostname = String(repeating: "a", count: 9000)
      $0.username = "root"
      $0.pid = 4242
    },
  ]

  private static func sound(
    _ fixture: String, _ id: String, _ time: String, _ instant: String? = nil,
    _ change: (inout LockCase.Fields) -> Void
  ) -> FixtureLock {
    var fields = LockCase.Fields()
    fields.time = time
    fields.instant = instant ?? time
    change(&fields)
    return FixtureLock(fixture: fixture, id: id, fields: fields, defect: nil)
  }

  private static func lineage(_ id: String, _ time: String) -> FixtureLock {
    sound("restic-0.19-lineage", id, time) {
      $0.hostname = "db1.example.org"
      $0.username = "root"
      $0.pid = 30265
    }
  }

  private static func forgedV1(_ id: String, _ time: String) -> FixtureLock {
    sound("forged-v1", id, time) {
      $0.hostname = "v1host"
      $0.username = "root"
      $0.pid = 100
    }
  }

  private static func defective(_ id: String, _ kind: LockDefect.Kind) -> FixtureLock {
    FixtureLock(fixture: "forged-v2", id: id, fields: nil, defect: kind)
  }
}
