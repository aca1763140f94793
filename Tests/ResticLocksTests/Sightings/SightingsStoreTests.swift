import Foundation
import TestSupport
import Testing

@testable import ResticLocks

@Suite("The folder of sightings") struct SightingsStoreTests {
  private let folder: TemporaryFolder
  private let store: SightingsStore
  private let name = String(repeating: "5", count: 64)

  init() throws {
    folder = try TemporaryFolder("sightings")
    store = SightingsStore.folder(folder.path("state/reslock/sightings"))
  }

  private var file: String { folder.path("state/reslock/sightings/\(name)") }

  private func permissions(_ path: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
  }

  @Test("gives back what it was given, and nothing before")
  func roundTrip() {
    #expect(store.load(name) == nil)
    store.save(name, SightingsTextTests.sample)
    #expect(store.load(name) == SightingsTextTests.sample)
    #expect(store.load(String(repeating: "6", count: 64)) == nil)
  }

  @Test("is for its owner alone, whatever the umask")
  func permissions() throws {
    store.save(name, SightingsTextTests.sample)
    #expect(try permissions(file) == 0o600)
    for path in ["state", "state/reslock", "state/reslock/sightings"] {
      #expect(try permissions(folder.path(path)) == 0o700)
    }
  }

  @Test("leaves nothing but the record behind")
  func noLeftovers() throws {
    store.save(name, SightingsTextTests.sample)
    store.save(name, SightingsTextTests.sample)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.path("state/reslock/sightings")) == [name])
  }

  @Test("follows no symbolic link, in reading or in writing")
  func symbolicLink() throws {
    store.save(name, SightingsTextTests.sample)
    let target = folder.path("target")
    try FileManager.default.moveItem(atPath: file, toPath: target)
    try FileManager.default.createSymbolicLink(atPath: file, withDestinationPath: target)
    #expect(store.load(name) == nil)
    store.save(name, Sightings(bootID: "other", listedAtSeconds: 1))
    #expect(try String(contentsOfFile: target, encoding: .utf8) == SightingsTextTests.sample.text)
    #expect(store.load(name)?.bootID == "other")
  }

  @Test("believes no file that others may write", arguments: [0o622, 0o620, 0o602, 0o666])
  func writableByOthers(mode: Int) throws {
    store.save(name, SightingsTextTests.sample)
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
    #expect(store.load(name) == nil)
  }

  @Test("believes no file of another user")
  func foreignOwner() throws {
    guard geteuid() == 0 else { return }
    store.save(name, SightingsTextTests.sample)
    try FileManager.default.setAttributes([.ownerAccountID: 65_534], ofItemAtPath: file)
    #expect(store.load(name) == nil)
  }

  @Test("waits for no pipe and reads no folder")
  func oddFiles() throws {
    store.save(name, SightingsTextTests.sample)
    try FileManager.default.removeItem(atPath: file)
    #expect(mkfifo(file, 0o600) == 0)
    #expect(store.load(name) == nil)
    try FileManager.default.removeItem(atPath: file)
    try FileManager.default.createDirectory(atPath: file, withIntermediateDirectories: false)
    #expect(store.load(name) == nil)
    store.save(name, SightingsTextTests.sample)
    #expect(store.load(name) == nil)
  }

  @Test("knows which repository was last at a location, and believes only a name of one")
  func locations() throws {
    #expect(store.lastConfig("/srv/repo") == nil)
    store.note(name, "/srv/repo")
    #expect(store.lastConfig("/srv/repo") == name && store.lastConfig("/srv/other") == nil)
    store.note(String(repeating: "6", count: 64), "/srv/repo")
    #expect(store.lastConfig("/srv/repo") == String(repeating: "6", count: 64))
    let locations = folder.path("state/reslock/sightings-locations")
    let file = try #require(try FileManager.default.contentsOfDirectory(atPath: locations).first)
    #expect(try permissions(locations) == 0o700 && permissions("\(locations)/\(file)") == 0o600)
    try "../../../etc/passwd".write(toFile: "\(locations)/\(file)", atomically: false, encoding: .utf8)
    #expect(store.lastConfig("/srv/repo") == nil)
  }

  @Test("keeps quiet where it can't be made")
  func unwritable() throws {
    try "".write(toFile: folder.path("state"), atomically: false, encoding: .utf8)
    store.save(name, SightingsTextTests.sample)
    #expect(store.load(name) == nil)
  }

  @Test("keeps a hundred thousand files, and of one more no record at all")
  func entryLimit() {
    var sightings = Sightings(bootID: "b", listedAtSeconds: 100)
    for number in 0..<Sightings.entryLimit {
      sightings.entries["name\(number)"] = Sighting(firstSeenSeconds: 1, lineageMark: "0123456789abcdef")
    }
    store.save(name, sightings)
    #expect(store.load(name) == sightings)
    sightings.entries["more"] = Sighting(firstSeenSeconds: 1)
    store.save(name, sightings)
    #expect(store.load(name) == nil)
    #expect(!FileManager.default.fileExists(atPath: file))
  }
}
