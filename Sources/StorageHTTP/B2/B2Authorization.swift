internal import ResticStorage

/// What b2_authorize_account gives: a token, where to go with it, and what the key is restricted to.
package struct B2Authorization: Sendable {
  struct Bucket: Sendable {
    let id: String
    /// `nil` where it is gone.
    let name: String?
  }

  var accountID = ""
  var token = ""
  var apiURL = ""
  var downloadURL = ""
  /// What the key may do, as `listFiles`; `nil` where the service does not tell.
  var capabilities: Set<String>?
  /// The buckets that the key is restricted to; `nil` for all of the account's.
  var buckets: [Bucket]?

  /// Reads the answer of any version of the API: they nest the same members differently.
  package init?(_ body: [UInt8]) {
    var cursor = JSONCursor(body)
    guard read(&cursor), cursor.isAtEnd(), !accountID.isEmpty, !token.isEmpty, !apiURL.isEmpty,
      !downloadURL.isEmpty, token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f })
    else { return nil }
  }

  private mutating func read(_ cursor: inout JSONCursor) -> Bool {
    var (bucketID, bucketName) = (String?.none, String?.none)
    let isObject = cursor.object { (name: String, cursor: inout JSONCursor) in
      switch name {
      case "accountId": accountID = cursor.string() ?? accountID
      case "authorizationToken": token = cursor.string() ?? token
      case "apiUrl": apiURL = cursor.string() ?? apiURL
      case "downloadUrl": downloadURL = cursor.string() ?? downloadURL
      case "apiInfo", "storageApi", "allowed": if !read(&cursor) { _ = cursor.skip() }
      case "capabilities":
        var found: Set<String> = []
        let isArray = cursor.array { (cursor: inout JSONCursor) in
          if let name = cursor.string() { found.insert(name) } else { _ = cursor.skip() }
        }
        if isArray { capabilities = found } else { _ = cursor.skip() }
      case "bucketId": if cursor.isAtString { bucketID = cursor.string() } else { _ = cursor.skip() }
      case "bucketName": if cursor.isAtString { bucketName = cursor.string() } else { _ = cursor.skip() }
      case "buckets": if let listed = Self.buckets(&cursor) { buckets = listed } else { _ = cursor.skip() }
      default: _ = cursor.skip()
      }
    }
    if let bucketID, buckets == nil { buckets = [Bucket(id: bucketID, name: bucketName)] }
    return isObject
  }

  /// `nil` for what is no list of buckets, as `null` is none.
  static func buckets(_ cursor: inout JSONCursor) -> [Bucket]? {
    var buckets: [Bucket] = []
    let isArray = cursor.array { (cursor: inout JSONCursor) in
      var (id, name) = (String?.none, String?.none)
      _ = cursor.object { (member: String, cursor: inout JSONCursor) in
        guard cursor.isAtString else {
          _ = cursor.skip()
          return
        }
        switch member {
        case "id", "bucketId": id = cursor.string()
        case "name", "bucketName": name = cursor.string()
        default: _ = cursor.skip()
        }
      }
      if let id, buckets.count < bucketLimit { buckets.append(Bucket(id: id, name: name)) }
    }
    return isArray ? buckets : nil
  }

  private static let bucketLimit = 10_000
}
