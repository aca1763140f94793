extension JSONCursor {
  /// The members of one object that are texts or whole numbers, as texts; `nil` where the bytes are no object.
  static func members(of bytes: [UInt8]) -> [String: String]? {
    var cursor = JSONCursor(bytes)
    return cursor.members()
  }

  /// The members of the object here that are texts or whole numbers, as texts; the rest is passed over.
  mutating func members() -> [String: String]? {
    var members: [String: String] = [:]
    let isObject = object { (name: String, cursor: inout JSONCursor) in
      if cursor.isAtString {
        members[name] = cursor.string()
        return
      }
      var number = cursor
      if let value = number.integer() { members[name] = String(value) }
      _ = cursor.skip()
    }
    return isObject ? members : nil
  }
}
