internal import Synchronization

/// Runs `transform` on every item, at most `width` at a time, and gives the results in the order of the items.
package func concurrentMap<Item: Sendable, Result: Sendable>(
  _ items: [Item], width: Int, _ transform: @escaping @Sendable (Item) async -> Result
) async -> [Result] {
  let cursor = Cursor()
  return await withTaskGroup(of: [(Int, Result)].self) { group in
    // A task for each of ten thousand items would cost more than some of the work.
    for _ in 0..<min(width, items.count) {
      group.addTask {
        var results: [(Int, Result)] = []
        while case let index = cursor.advance(), index < items.count {
          results.append((index, await transform(items[index])))
        }
        return results
      }
    }
    var results = [Result?](repeating: nil, count: items.count)
    for await part in group {
      for (index, result) in part { results[index] = result }
    }
    return results.compactMap { $0 }
  }
}

/// Deals out the numbers from zero on, each once.
private final class Cursor: Sendable {
  private let next = Atomic(0)

  func advance() -> Int { next.add(1, ordering: .relaxed).oldValue }
}
