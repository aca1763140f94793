internal import ResticFormat
internal import ResticLocks
internal import WallTime

/// The rows of the drawing: a holder each, or a host each where there are many.
struct TimelineLanes: Sendable {
  struct Lane: Sendable {
    let title: String
    /// What a reader hears of it.
    var detail: String
    var runs: [Int] = []
    var snapshots: [Int] = []
    var worst: Finding.Severity?
    var isGroup = false
  }

  private(set) var lanes: [Lane] = []
  /// More than this are put together by host, and beyond that into one.
  static let limit = 40

  init(_ analysis: AuditAnalysis) {
    let timeline = analysis.timeline
    let severity = Self.severities(analysis)
    var byHolder = Self.grouped(timeline.runs.indices.map { ($0, Self.holder(timeline.runs[$0])) })
    if byHolder.count > Self.limit {
      byHolder = Self.grouped(timeline.runs.indices.map { ($0, Self.host(timeline.runs[$0])) })
    }
    lanes = byHolder.map { title, indices in
      var lane = Lane(title: title, detail: "", runs: indices)
      lane.worst = indices.compactMap { severity[$0] }.min()
      lane.isGroup = Set(indices.map { timeline.runs[$0].key }).count > 1
      return lane
    }
    lanes = Self.limited(lanes)
    addSnapshots(analysis)
    for index in lanes.indices { lanes[index].detail = Self.detail(lanes[index], timeline) }
  }

  private static func holder(_ run: AuditRun) -> String {
    let user = run.record.username.isEmpty ? "UID \(run.record.uid)" : run.record.username
    let host = run.record.hostname.isEmpty ? "(no host)" : run.record.hostname
    return "\(ReportText.short(user, 14))@\(ReportText.short(host, 20)) \(run.record.pid)"
  }

  private static func host(_ run: AuditRun) -> String {
    run.record.hostname.isEmpty ? "(no host)" : ReportText.short(run.record.hostname, 32)
  }

  private static func grouped(_ items: [(Int, String)]) -> [(String, [Int])] {
    var order: [String] = []
    var groups: [String: [Int]] = [:]
    for (index, title) in items {
      if groups[title] == nil { order.append(title) }
      groups[title, default: []].append(index)
    }
    return order.map { ($0, groups[$0] ?? []) }
  }

  /// The worst finding that each run's locks stand in.
  private static func severities(_ analysis: AuditAnalysis) -> [Int: Finding.Severity] {
    var byLock: [String: Finding.Severity] = [:]
    for finding in analysis.findings where finding.severity != .notice {
      for name in finding.lockNames { byLock[name] = min(byLock[name] ?? .notice, finding.severity) }
    }
    guard !byLock.isEmpty else { return [:] }
    return analysis.timeline.runs.enumerated().reduce(into: [:]) { result, item in
      result[item.offset] =
        item.element.signs.compactMap { byLock[analysis.facts.locks[$0.lockIndex].name] }.min()
    }
  }

  /// Lanes with findings and with the most runs stay, the others are put together.
  private static func limited(_ lanes: [Lane]) -> [Lane] {
    guard lanes.count > limit else { return lanes }
    let ranked = lanes.indices.sorted { left, right in
      let (first, second) = (lanes[left], lanes[right])
      if (first.worst ?? .notice) != (second.worst ?? .notice) {
        return (first.worst ?? .notice) < (second.worst ?? .notice)
      }
      return (-first.runs.count, left) < (-second.runs.count, right)
    }
    let kept = Set(ranked.prefix(limit - 1))
    let others = lanes.indices.filter { !kept.contains($0) }
    var rest = Lane(title: "\(others.count) other hosts", detail: "")
    rest.runs = others.flatMap { lanes[$0].runs }.sorted()
    rest.worst = others.compactMap { lanes[$0].worst }.min()
    rest.isGroup = true
    return lanes.indices.filter { kept.contains($0) }.map { lanes[$0] } + [rest]
  }

  /// Snapshots lie in the lane of their run; those without one have lanes of their own.
  private mutating func addSnapshots(_ analysis: AuditAnalysis) {
    let facts = analysis.facts
    var laneOfRun: [Int: Int] = [:]
    for (index, lane) in lanes.enumerated() { for run in lane.runs { laneOfRun[run] = index } }
    for (index, run) in analysis.timeline.runs.enumerated() {
      guard let lane = laneOfRun[index] else { continue }
      lanes[lane].snapshots += run.snapshots.map(\.index)
    }
    let loose = analysis.timeline.looseSnapshots
    guard !loose.isEmpty else { return }
    let unlocked = Set(
      analysis.findings.filter { $0.kind == .snapshotWithoutLock }.flatMap(\.snapshotIDs))
    let groups = Self.grouped(
      loose.map { index in
        let record = facts.snapshots[index].record
        return (index, "\(ReportText.short(record.username, 14))@\(ReportText.short(record.hostname, 20))")
      })
    for (title, indices) in groups.count > 8 ? [("\(groups.count) writers", loose)] : groups {
      var lane = Lane(title: "\(title): snapshots", detail: "")
      lane.snapshots = indices
      if indices.contains(where: { unlocked.contains(facts.snapshots[$0].id.hex) }) { lane.worst = .warning }
      lane.isGroup = true
      lanes.append(lane)
    }
  }

  static func detail(_ lane: Lane, _ timeline: AuditTimeline) -> String {
    let locks = lane.runs.reduce(0) { $0 + timeline.runs[$1].signs.count }
    var parts: [String] = []
    if !lane.runs.isEmpty {
      parts.append(
        "\(ReportText.count(lane.runs.count, "run", "runs")), \(ReportText.count(locks, "lock", "locks"))")
    }
    if !lane.snapshots.isEmpty {
      parts.append(ReportText.count(lane.snapshots.count, "snapshot", "snapshots"))
    }
    return parts.joined(separator: ", ")
  }
}
