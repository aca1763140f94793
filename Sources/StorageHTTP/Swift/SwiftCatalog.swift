/// What a login to Keystone tells: the address of the object store in our region and, in version 2, the token.
package struct SwiftCatalog {
  /// The first public address in the region, or in any where none is asked for.
  private(set) var storage: String?
  private(set) var token: String?

  package init(version3 body: [UInt8], region: String?) {
    var found: String?
    Self.walk(body, "token", list: "catalog") { members, endpoints in
      guard members["type"] == "object-store", found == nil else { return }
      found =
        endpoints.first {
          $0["interface"] == "public"
            && (region == nil || $0["region"] == region || $0["region_id"] == region)
        }?["url"]
    } other: { _, cursor in
      _ = cursor.skip()
    }
    storage = found
  }

  package init(version2 body: [UInt8], region: String?) {
    var (found, key) = (String?.none, String?.none)
    Self.walk(body, "access", list: "serviceCatalog") { members, endpoints in
      guard members["type"] == "object-store", found == nil else { return }
      found = endpoints.first { region == nil || $0["region"] == region }?["publicURL"]
    } other: { name, cursor in
      if name == "token" { key = cursor.members()?["id"] } else { _ = cursor.skip() }
    }
    (storage, token) = (found, key)
  }

  /// Gives each service of the list within the root's member to `service`, the root's other members to `other`.
  private static func walk(
    _ body: [UInt8], _ root: String, list: String,
    service: (_ members: [String: String], _ endpoints: [[String: String]]) -> Void,
    other: (_ name: String, _ cursor: inout JSONCursor) -> Void
  ) {
    var cursor = JSONCursor(body)
    _ = cursor.object { (name: String, cursor: inout JSONCursor) in
      guard name == root else {
        _ = cursor.skip()
        return
      }
      _ = cursor.object { (name: String, cursor: inout JSONCursor) in
        guard name == list else { return other(name, &cursor) }
        _ = cursor.array { (cursor: inout JSONCursor) in
          var (members, endpoints) = ([String: String](), [[String: String]]())
          _ = cursor.object { (name: String, cursor: inout JSONCursor) in
            switch name {
            case "endpoints":
              _ = cursor.array { (cursor: inout JSONCursor) in
                if let endpoint = cursor.members() { endpoints.append(endpoint) }
              }
            case "type": members[name] = cursor.string()
            default: _ = cursor.skip()
            }
          }
          service(members, endpoints)
        }
      }
    }
  }
}
