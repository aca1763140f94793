import Foundation

/// `reslock-bench --log RESLOCK`: how fast `reslock explain` reads large logs, and in how much memory.
enum LogBench {
  private static let rounds = 3
  private static let barMegabytesPerSecond = 200.0

  static func run(reslock: String, folder: String) throws {
    let programs = Programs(restic: "", reslock: reslock, home: folder)
    for shape in Shape.allCases {
      let path = folder + "/\(shape).log"
      let lines = try write(shape, to: path)
      defer { try? FileManager.default.removeItem(atPath: path) }
      let explain = programs.reslock("explain", "--json", path)
      let answer = try JSONDecoder().decode(Answer.self, from: Data(try explain.output().utf8))
      guard answer.line_count == lines, answer.failures.map(\.count).reduce(0, +) == shape.failureCount else {
        throw BenchmarkFailure(description: "reslock explain did not find what is in \(shape)")
      }
      let costs = try (0..<rounds).map { _ in try explain.run() }
      let seconds = median(costs.map(\.wallSeconds))
      let speed = Double(shape.byteCount) / 1e6 / seconds
      let peak = costs.map(\.peakMemoryByteCount).max() ?? 0
      let bar =
        shape == .withoutMatches
        ? " (bar: \(Int(barMegabytesPerSecond)) MB/s, met: \(speed >= barMegabytesPerSecond ? "yes" : "NO"))"
        : ""
      print(
        "explain, \(shape.byteCount / 1_000_000) MB \(shape.title): \(Int(speed)) MB/s, \(peak / 1_000_000) MB of memory\(bar)"
      )
    }
  }

  private enum Shape: CaseIterable {
    case withoutMatches, resticEverywhere

    var title: String {
      switch self {
      case .withoutMatches: "of plain text without a match, one failure at its end"
      case .resticEverywhere: "that names a restic command in each line, one failure at its end"
      }
    }

    var failureCount: Int { 1 }

    var byteCount: Int { self == .withoutMatches ? 1_000_000_000 : 100_000_000 }

    func line(_ number: Int) -> String {
      let time = "2026-01-\(10 + number % 20)T0\(number % 10):\(10 + number % 50):00Z"
      switch self {
      case .withoutMatches:
        return
          "\(time) app[\(number % 9973)]: block \(number) of session \(number % 977) read, clock and cache in order\n"
      case .resticEverywhere: return "\(time) web1 backup[\(number % 9973)]: + restic backup /srv/\(number)\n"
      }
    }
  }

  private struct Answer: Decodable {
    struct Failure: Decodable { let count: Int }
    let line_count: Int
    let failures: [Failure]
  }

  /// Writes one block again and again; gives back the number of lines.
  private static func write(_ shape: Shape, to path: String) throws -> Int {
    let blockLineCount = 20_000
    let block = Data((0..<blockLineCount).map(shape.line).joined().utf8)
    guard FileManager.default.createFile(atPath: path, contents: nil),
      let file = FileHandle(forWritingAtPath: path)
    else { throw BenchmarkFailure(description: "cannot write \(path)") }
    defer { try? file.close() }
    let blockCount = shape.byteCount / block.count + 1
    for _ in 0..<blockCount { try file.write(contentsOf: block) }
    try file.write(
      contentsOf: Data(
        "unable to create lock in backend: repository is already locked by PID 7 on h by u (UID 0, GID 0)\n"
          .utf8))
    return blockCount * blockLineCount + 1
  }
}
