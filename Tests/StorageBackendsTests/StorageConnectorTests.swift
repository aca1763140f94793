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
    "a location of a service leads to its backend, before anything is sent",
    arguments: [
      ("rest:http://h/r/", "rest:http://h/r/"), ("s3:h/b/r", "s3:https://h/b/r"), ("gs:b:/r", "gs:b:/r"),
      ("swift:c:/r", "swift:c:/r"), ("b2:bucket-1:r", "b2:bucket-1:r"), ("azure:c:/r", "azure:c:/r"),
    ])
  func services(_ text: String, _ name: String) async throws {
    let variables = [
      "AWS_ACCESS_KEY_ID": "i", "AWS_SECRET_ACCESS_KEY": "k", "GOOGLE_ACCESS_TOKEN": "t",
      "OS_STORAGE_URL": "https://h/v1/a", "OS_AUTH_TOKEN": "t", "B2_ACCOUNT_ID": "i", "B2_ACCOUNT_KEY": "k",
      "AZURE_ACCOUNT_NAME": "account", "AZURE_ACCOUNT_KEY": "a2V5",
    ]
    let connection = try await StorageConnector(
      location: try RepositoryLocation(parsing: text), options: .none,
      environment: StorageEnvironment(variable: { variables[$0] }, file: { _ in nil })
    ).connect()
    #expect(connection.storage.displayName == name)
    await connection.close()
  }
}
