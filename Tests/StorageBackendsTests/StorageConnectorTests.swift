import ResticStorage
import StorageBackends
import Testing

@Suite struct StorageConnectorTests {
  @Test("a local location leads to its folder")
  func local() async throws {
    let connection = try await StorageConnector(location: .local(path: "/backup"), options: .none).connect()
    #expect(connection.storage.displayName == "/backup")
    #expect(connection.storage.clockOffsetSeconds == nil)
  }

  @Test(
    "the other backends can't be read yet, and say so",
    arguments: [
      "b2:bucket-1:r", "azure:c:/r",
    ])
  func notSupported(_ text: String) async throws {
    let location = try RepositoryLocation(parsing: text)
    let error = await #expect(throws: LocationError.self) {
      try await StorageConnector(location: location, options: .none).connect()
    }
    #expect(error?.kind == .notSupported)
    let beginning =
      "\(location.backend.rawValue) repositories are not supported yet; this version reads local"
    #expect(error?.description.hasPrefix(beginning) == true)
  }
}
