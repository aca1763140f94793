import Foundation

/// An audit of 10,000 locks and 1,000 snapshots to HTML and evidence, beside `reslock list --json` on the same.
enum AuditBench {
  private static let timeBar = 3.0
  private static let memoryBar = 300_000_000

  static func run(programs: Programs, repository: String, folder: String, rounds: Int) throws {
    var (listTimes, auditTimes, peak) = ([Double](), [Double](), 0)
    for round in 0...rounds {
      let output = "\(folder)/audit-\(round)"
      let list = try programs.reslock("list", "--json", repository: repository).run()
      let audit = try programs.reslock("audit", "--quiet", "--output", output, repository: repository).run()
      try check(output)
      try FileManager.default.removeItem(atPath: output)
      // The first round only warms the caches.
      guard round > 0 else { continue }
      listTimes.append(list.wallSeconds)
      auditTimes.append(audit.wallSeconds)
      peak = max(peak, audit.peakMemoryByteCount)
    }
    let (list, audit) = (median(listTimes), median(auditTimes))
    show("10,000 locks and 1,000 snapshots: `reslock audit --output` / `reslock list --json`")
    show(
      "  \(milliseconds(audit)) / \(milliseconds(list)), \((audit / list * 100).rounded() / 100) times "
        + "(bar: under \(Int(timeBar)), met: \(audit < timeBar * list ? "yes" : "NO"))")
    show(
      "  peak memory \(Double(peak / 100_000) / 10) MB (bar: under \(memoryBar / 1_000_000) MB, met: "
        + "\(peak < memoryBar ? "yes" : "NO"))")
  }

  /// A report that lacks something must not win by it.
  private static func check(_ output: String) throws {
    let page = try String(contentsOfFile: output + "/report.html", encoding: .utf8)
    let locks = try String(contentsOfFile: output + "/locks.csv", encoding: .utf8)
    let snapshots = try String(contentsOfFile: output + "/snapshots.csv", encoding: .utf8)
    guard page.contains("</svg>"), page.hasSuffix("</html>\n"),
      locks.utf8.count(where: { $0 == 10 }) == 10_001, snapshots.utf8.count(where: { $0 == 10 }) == 1001
    else { throw BenchmarkFailure(description: "reslock audit left something out of its report") }
  }

  private static func milliseconds(_ seconds: Double) -> String { "\(Int((seconds * 1000).rounded())) ms" }
}
