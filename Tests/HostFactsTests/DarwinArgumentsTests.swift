import HostFacts
import Testing

@Suite struct DarwinArgumentsTests {
  private func bytes(_ count: [UInt8], _ text: String) -> ArraySlice<UInt8> {
    (count + Array(text.utf8))[...]
  }

  @Test("the environment behind the arguments is left out")
  func complete() {
    let text = "/usr/local/bin/restic\0\0\0\0restic\0backup\0\0--tag\0SECRET=1\0"
    #expect(DarwinArguments.parse(bytes([4, 0, 0, 0], text)) == ["restic", "backup", "", "--tag"])
  }

  @Test("bytes that end early give what is there")
  func truncated() {
    #expect(DarwinArguments.parse(bytes([9, 0, 0, 0], "/bin/a\0a\0b")) == ["a", "b"])
    #expect(DarwinArguments.parse(bytes([255, 255, 255, 127], "/bin/a")) == [])
    #expect(DarwinArguments.parse(bytes([0, 0, 0, 0], "/bin/a\0a\0")) == [])
    #expect(DarwinArguments.parse(bytes([255, 255, 255, 255], "/bin/a\0a\0")) == nil)
    #expect(DarwinArguments.parse([1, 0, 0]) == nil)
  }
}
