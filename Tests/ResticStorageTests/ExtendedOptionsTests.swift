import Testing

@testable import ResticStorage

@Suite struct ExtendedOptionsTests {
  /// Options that restic takes for a local repository.
  static let taken: [([String], [String: String])] = [
    ([], [:]),
    (["local.connections=3"], ["connections": "3"]),
    ([" LOCAL.Connections = 3 "], ["connections": "3"]),
    (["local.connections=0x10"], ["connections": "0x10"]),
    (["local.connections=1_0"], ["connections": "1_0"]),
    (["local.connections=4294967295"], ["connections": "4294967295"]),
    (["local.connections=2", "local.connections=2"], ["connections": "2"]),
    (["local.connections=2,sftp.foo=1"], ["connections": "2"]),
    (["\"local.connections=2\",x"], ["connections": "2"]),
    (["x=1\nlocal.foo=2"], [:]),
    (["\n\nlocal.connections=2\r\n"], ["connections": "2"]),
    (["sftp.foo=1", "foo", "local=1"], [:]),
    ([""], [:]),
    (["x=a=b"], [:]),
    (["\"x=a\"\"b,c\""], [:]),
  ]

  static let refused: [([String], ExtendedOptionError.Kind)] = [
    (["=3"], .emptyKey),
    (["a,,b"], .emptyKey),
    (["a,"], .emptyKey),
    ([" "], .emptyKey),
    (["local.foo=1"], .unknown),
    (["local.=1"], .unknown),
    (["local.connections.x=1"], .unknown),
    (["local.layout=default"], .unknown),
    (["local.connections=2,local.connections=3"], .contradiction),
    (["x=1", "X=2"], .contradiction),
    (["local.connections=2", "local.connections"], .contradiction),
    (["local.connections=abc"], .badValue(.count)),
    (["local.connections=-1"], .badValue(.count)),
    (["local.connections="], .badValue(.count)),
    (["local.connections"], .badValue(.count)),
    (["local.connections=1__0"], .badValue(.count)),
    (["local.connections=4294967296"], .badValue(.count)),
    (["local.connections=08"], .badValue(.count)),
    (["\"local.connections=2"], .quoting),
    (["local.connections=\"2\""], .quoting),
    (["\"x\"y"], .quoting),
  ]

  @Test("options are read as restic reads them", arguments: taken)
  func takes(_ arguments: [String], _ values: [String: String]) throws {
    #expect(try ExtendedOptions(arguments: arguments).values(for: .local) == values)
  }

  @Test("bad options are refused by their key, never quoting a value", arguments: refused)
  func refuses(_ arguments: [String], _ kind: ExtendedOptionError.Kind) {
    let error = #expect(throws: ExtendedOptionError.self) {
      try ExtendedOptions(arguments: arguments).values(for: .local)
    }
    #expect(error?.kind == kind)
  }

  @Test("an error does not quote the value, which may be a command with a secret")
  func noValues() {
    let error = #expect(throws: ExtendedOptionError.self) {
      try ExtendedOptions(arguments: ["sftp.connections=hunter2"]).values(for: .sftp)
    }
    #expect(error?.description.contains("hunter2") == false)
    #expect(error?.description.contains("sftp.connections") == true)
  }

  @Test("every backend knows its options and no other's", arguments: RepositoryLocation.Backend.allCases)
  func backends(_ backend: RepositoryLocation.Backend) throws {
    let own = "\(backend.rawValue).connections=7"
    #expect(
      try ExtendedOptions(arguments: [own, "other.thing=1"]).values(for: backend) == ["connections": "7"])
    #expect(throws: ExtendedOptionError(.unknown, key: "\(backend.rawValue).nonsense")) {
      try ExtendedOptions(arguments: ["\(backend.rawValue).nonsense=1"]).values(for: backend)
    }
  }

  @Test(
    "durations are Go's",
    arguments: [
      ("1m", true), ("1h30m", true), ("1.5s", true), ("-2ms", true), ("+3us", true), ("0", true),
      (".5s", true),
      ("", false), ("5", false), ("1d", false), ("m", false), ("1m2", false), ("1.2.3s", false), ("-", false),
    ])
  func durations(_ text: String, _ isSound: Bool) {
    #expect(GoNumber.isDuration(text) == isSound)
  }

  @Test(
    "numbers are Go's",
    arguments: [
      ("0", 0), ("010", 8), ("0o17", 15), ("0b101", 5), ("0XfF", 255), ("0x_f", 15), ("0_7", 7),
      ("1_000", 1000),
      ("_1", nil), ("1_", nil), ("0x", nil), ("", nil), ("+1", nil), ("0b2", nil), ("1 ", nil),
      ("0x__f", nil),
    ] as [(String, UInt32?)])
  func numbers(_ text: String, _ expected: UInt32?) {
    #expect(GoNumber.uint32(text) == expected)
  }
}
