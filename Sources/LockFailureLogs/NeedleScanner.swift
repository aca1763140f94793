/// Finds the next place in a text where one of a few words begins, much faster than looking at each line.
///
/// Looks at two bytes at the end of a window and jumps as far as no word can begin (Wu and Manber 1994).
@safe
struct NeedleScanner: Sendable {
  private let needles: [[UInt8]]
  /// Length of the shortest word: of each word, so many bytes take part in jumping.
  private let windowLength: Int
  /// How far the window may move, by the two bytes at its end.
  private let shifts: [UInt8]
  /// The words whose window ends in two bytes, by these.
  private let candidates: [Int: [Int]]

  /// Each word needs two bytes at least.
  init(_ needles: [String]) {
    let needles = needles.map { Array($0.utf8) }.filter { $0.count >= 2 }
    let windowLength = needles.map(\.count).min() ?? 2
    var shifts = [UInt8](repeating: UInt8(clamping: windowLength - 1), count: 1 << 16)
    var candidates: [Int: [Int]] = [:]
    for (index, needle) in needles.enumerated() {
      for start in 0...(windowLength - 2) {
        let block = Int(needle[start]) << 8 | Int(needle[start + 1])
        shifts[block] = min(shifts[block], UInt8(clamping: windowLength - 2 - start))
        if start == windowLength - 2 { candidates[block, default: []].append(index) }
      }
    }
    self.needles = needles
    self.windowLength = windowLength
    self.shifts = shifts
    self.candidates = candidates
  }

  /// The first place at or after `start` where a word stands, with the end of that word.
  func firstMatch(in text: UnsafeRawBufferPointer, from start: Int) -> Range<Int>? {
    var position = max(start, 0)
    let last = text.count - windowLength
    return unsafe shifts.withUnsafeBufferPointer { table -> Range<Int>? in
      while position <= last {
        let end = position + windowLength
        let block = unsafe Int(text[end - 2]) << 8 | Int(text[end - 1])
        let shift = unsafe table[block]
        if shift > 0 {
          position += Int(shift)
          continue
        }
        for index in candidates[block] ?? [] {
          let needle = needles[index]
          if position + needle.count <= text.count,
            unsafe text[position..<position + needle.count].elementsEqual(needle)
          {
            return position..<position + needle.count
          }
        }
        position += 1
      }
      return nil
    }
  }
}
