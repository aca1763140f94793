/// Runs `transform` on every item, at most `width` at a time, and gives the results in the order of the items.
package func concurrentMap<Item: Sendable, Result: Sendable>(
  _ items: [Item], width: Int, _ transform: @escaping @Sendable (Item) async -> Result
) async -> [Result] {
  await withTaskGroup(of: (Int, Result).self) { group in
    var results = [Result?](repeating: nil, count: items.count)
    var next = 0
    while next < min(width, items.count) {
      let (index, item) = (next, items[next])
      group.addTask { (index, await transform(item)) }
      next += 1
    }
    while let (index, result) = await group.next() {
      results[index] = result
      if next < items.count {
        let (index, item) = (next, items[next])
        group.addTask { (index, await transform(item)) }
        next += 1
      }
    }
    return results.compactMap { $0 }
  }
}
