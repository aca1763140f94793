import Foundation
import HostFacts
import Testing
import TestSupport

@Suite struct HostIdentityTests {
  @Test("the identity is what the system's own tools say")
  func current() async throws {
    let identity = HostIdentity.current()
    let hostName = try await ChildProcess.run("uname", ["-n"]).stdout
    #expect(identity.hostName == hostName.trimmingCharacters(in: .newlines))
    let userID = try await ChildProcess.run("id", ["-u"]).stdout
    #expect(String(identity.userID) == userID.trimmingCharacters(in: .newlines))
    let userName = try await ChildProcess.run("id", ["-un"]).stdout
    #expect(identity.userName == userName.trimmingCharacters(in: .newlines))
  }

  @Test(
    "a user's name is looked up as Go does",
    arguments: [
      (0, "root"), (1000, "first"), (7, nil), (3, nil), (4, nil), (5, nil), (9, "na\u{FFFD}me"),
      (4_294_967_294, "nfsnobody"),
    ] as [(UInt32, String?)])
  func names(userID: UInt32, expected: String?) {
    let text = """
      # a comment
      root:x:0:0:root:/root:/bin/bash
      first:x:1000:1000::/home/a:/bin/sh
      second:x:1000:1000::/home/b:/bin/sh
      +nis:x:3:3:::
      -nis:x:4:4:::
      #comment:x:5:5:::
      short:x:7:7
      huge:x:4294967303:7::/:/bin/sh
      :::
      nfsnobody:x:4294967294:65534::/:/bin/false

      """
    let bytes = Array(text.utf8) + Array("na".utf8) + [0xff] + Array("me:x:9:9::/:/bin/sh".utf8)
    #expect(HostIdentity.userName(of: userID, inPasswd: bytes[...]) == expected)
  }
}
