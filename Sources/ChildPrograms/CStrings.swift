/// Arrays of C strings, as programs get their arguments and variables.
package enum CStrings {
  /// Lends copies of `texts` with a null at the end, and erases them afterwards.
  package static func with<Result>(
    _ texts: [[UInt8]], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
  ) -> Result {
    let copies = texts.map { text in
      let copy = UnsafeMutableBufferPointer<CChar>.allocate(capacity: text.count + 1)
      _ = copy.initialize(from: text.map(CChar.init(bitPattern:)) + [0])
      return copy
    }
    let list = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: copies.count + 1)
    for (index, copy) in copies.enumerated() { (list + index).initialize(to: copy.baseAddress) }
    (list + copies.count).initialize(to: nil)
    defer {
      list.deallocate()
      for copy in copies {
        copy.update(repeating: 0)
        copy.deallocate()
      }
    }
    return body(list)
  }
}
