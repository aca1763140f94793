/// Foreign bytes lent for the duration of one call; every read is checked against their end.
///
/// Whoever makes a view keeps the memory alive while the view is used.
@safe
struct ByteView {
  private let memory: UnsafeRawBufferPointer

  @unsafe
  init(lending memory: UnsafeRawBufferPointer) {
    unsafe self.memory = memory
  }

  var count: Int { unsafe memory.count }

  /// The byte at `offset`, or `nil` outside of the bytes.
  subscript(offset: Int) -> UInt8? {
    guard offset >= 0, offset < count else { return nil }
    return unsafe memory[offset]
  }

  /// The part of `range` that lies within the bytes.
  subscript(range: Range<Int>) -> ByteView {
    unsafe ByteView(lending: UnsafeRawBufferPointer(rebasing: memory[range.clamped(to: 0..<count)]))
  }

  func allSatisfy(_ predicate: (UInt8) -> Bool) -> Bool {
    unsafe memory.allSatisfy(predicate)
  }

  /// Whether the bytes are those of `text`, both seen through `map`.
  func equals(_ text: StaticString, by map: (UInt8) -> UInt8) -> Bool {
    guard count == text.utf8CodeUnitCount else { return false }
    for index in 0..<count {
      guard unsafe map(memory[index]) == map(text.utf8Start[index]) else { return false }
    }
    return true
  }

  /// Lends the bytes to a C function.
  func withUnsafeBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try unsafe body(memory)
  }

  /// The bytes as text; whatever is not UTF-8 in them is repaired by Swift's rules, which are not Go's.
  var text: String { unsafe String(decoding: memory, as: UTF8.self) }
}

extension Array where Element == UInt8 {
  /// Lends the bytes to `body`, which must not keep the view.
  func withByteView<Result, Failure: Error>(
    _ body: (ByteView) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    // The closure of withUnsafeBytes rethrows untyped; a Swift.Result carries the typed error across.
    let outcome: Swift.Result<Result, Failure> = unsafe withUnsafeBytes { memory in
      do throws(Failure) {
        return .success(try body(unsafe ByteView(lending: memory)))
      } catch {
        return .failure(error)
      }
    }
    return try outcome.get()
  }
}
