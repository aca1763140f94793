import ResticStorage
import Testing

@Suite struct LockFileNameTests {
  private static let id = String(repeating: "0123456789abcdef", count: 4)

  @Test(
    "names of locks and of interrupted uploads are accepted",
    arguments: [
      (id, LockFileName.Form.lock), (id + "-tmp-2677664228", .temporary),
      (id + "-restic-temp-0123456789abcdef0123456789abcdef", .temporary),
      (id + ".rest-server-temp123456", .temporary), (id + ".rest-server-temp", .temporary),
    ])
  func accepted(_ text: String, _ form: LockFileName.Form) throws {
    let name = try #require(LockFileName(text))
    #expect(name.text == text && name.form == form)
  }

  @Test(
    "every other name is refused",
    arguments: [
      "", ".", "..", "config", "../config", ".DS_Store", String(id.dropLast()), id + "0", id.uppercased(),
      id + "/", "/" + id, id + "-tmp-../x", id + "-tmp-a/b", id + "-tmp-\0", id + "-tmp-1.2", id + ".bak",
      id + "-tmp-" + String(repeating: "1", count: 65), id + "-tmp-\u{e9}", " " + id, id + "\n",
    ])
  func refused(_ text: String) { #expect(LockFileName(text) == nil) }
}
