internal import ResticCrypto

/// What lets requests in to Azure Blob Storage; shows in no description.
enum AzureCredentials: Sendable, CustomStringConvertible, CustomReflectable {
  /// The account's name and its key, decoded.
  case sharedKey(account: String, key: SecretBytes)
  /// A shared access signature: a query, without its question mark.
  case signature(Secret)
  case tokens(TokenKeeper<AccessToken>)

  var description: String { "<redacted>" }
  var customMirror: Mirror { Mirror(self, children: [:]) }
}
