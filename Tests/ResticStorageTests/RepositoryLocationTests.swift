import Testing

@testable import ResticStorage

@Suite struct RepositoryLocationTests {
  @Test("locations are read as restic reads them", arguments: LocationCase.sound)
  func sound(_ location: LocationCase) throws {
    #expect(try RepositoryLocation(parsing: location.text) == location.expected)
  }

  @Test("malformed locations are refused, with what to write instead", arguments: LocationCase.refused)
  func refused(_ text: String, _ kind: LocationError.Kind) {
    let error = #expect(throws: LocationError.self) { try RepositoryLocation(parsing: text) }
    #expect(error?.kind == kind)
    #expect(error?.hint.isEmpty == false)
  }

  @Test(
    "secrets in locations are hidden, malformed ones included",
    arguments: [
      ("rest:https://user:secret@host/", "rest:https://user:***@host/"),
      ("rest:https://user@host/", "rest:https://user@host/"),
      ("rest:https://user:@host/", "rest:https://user:***@host/"),
      ("rest:https://user:sec@ret@host/", "rest:https://user:***@host/"),
      ("rest:https://user:sec/ret@host/", "rest:https://user:***@host/"),
      ("rest:https://user:secret@ho st/", "rest:https://user:***@ho st/"),
      ("rest:http://[::1]:8000/a:b/", "rest:http://[::1]:8000/a:b/"),
      ("https://user:secret@host/", "https://user:***@host/"),
      ("s3:https://key:secret@host/bucket", "s3:https://key:***@host/bucket"),
      ("sftp://user:secret@host/path", "sftp://user:***@host/path"),
      ("sftp:user@host:/path", "sftp:user@host:/path"),
      ("rclone:remote:path", "rclone:remote:path"),
      ("rclone:remote,pass=secret:path", "rclone:remote,***:path"),
      ("rclone::sftp,host=h,pass='se:cret':path", "rclone::sftp,***:path"),
      ("rclone:remote:a,b", "rclone:remote:a,b"),
      ("/plain/path", "/plain/path"), ("é:/ü", "é:/ü"), ("rest:http://ü:ö@host/", "rest:http://ü:***@host/"),
      ("", ""), ("rest:", "rest:"),
    ])
  func hidden(_ text: String, _ shown: String) {
    #expect(RepositoryLocation.hidingSecrets(in: text) == shown)
  }

  @Test("no description of a parsed location or of its error shows the password")
  func descriptions() throws {
    let location = try RepositoryLocation(parsing: "rest:https://user:s3cret@host/")
    #expect(!String(describing: location).contains("s3cret"))
    #expect(!String(reflecting: location).contains("s3cret"))
    var dumped = ""
    dump(location, to: &dumped)
    #expect(!dumped.contains("s3cret"))
    let error = #expect(throws: LocationError.self) {
      try RepositoryLocation(parsing: "rest:https://user:s3cret@host:port/")
    }
    #expect(error?.description.contains("s3cret") == false)
    #expect(error?.hint.contains("s3cret") == false)
  }

  @Test(
    "paths are cleaned as Go cleans them",
    arguments: [
      ("", "."), (".", "."), ("a//b/./c/", "a/b/c"), ("a/../b", "b"), ("../a", "../a"), ("a/../../b", "../b"),
      ("/../a", "/a"), ("/", "/"), ("//a", "/a"), ("a/..", "."), ("/a/..", "/"), ("../..", "../.."),
    ])
  func cleaning(_ path: String, _ expected: String) {
    #expect(RepositoryLocation.cleaned(path[...]) == expected)
  }
}
