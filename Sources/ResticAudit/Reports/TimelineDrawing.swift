internal import ResticFormat
internal import ResticLocks
internal import WallTime

/// The timeline as SVG: a lane for each holder, bars for the time its locks are known for.
struct TimelineDrawing: Sendable {
  private let analysis: AuditAnalysis
  private let lanes: [TimelineLanes.Lane]
  private let scale: TimeScale
  private let height: Double
  private let window: Window?
  /// Tells the titles of several drawings on a page apart.
  private let suffix: String
  private var out = ""

  static let width = 1120.0
  private static let gutter = 236.0
  private static let laneHeight = 30.0
  private static let top = 30.0
  /// Runs of one lane that are drawn each; more are drawn as how many there were.
  private static let barLimit = 120
  private static let binWidth = 5.0

  /// A part of the time, drawn larger.
  struct Window: Sendable {
    let from: Double
    let to: Double

    func contains(_ start: UnixTime, _ end: UnixTime) -> Bool {
      Double(start.seconds) <= to && Double(end.seconds) >= from
    }
  }

  init(_ analysis: AuditAnalysis, _ window: Window?, suffix: String) {
    self.analysis = analysis
    self.window = window
    self.suffix = suffix
    let timeline = analysis.timeline
    let all = TimelineLanes(analysis).lanes
    if let window {
      lanes = all.compactMap { Self.lane($0, within: window, timeline) }
      scale = TimeScale(window, left: Self.gutter, width: Self.width - Self.gutter - 16)
      height = Self.top + Double(max(lanes.count, 1)) * Self.laneHeight + 44
      return
    }
    lanes = all
    var times: [Double] = []
    func add(_ time: UnixTime) { times.append(Double(time.seconds)) }
    for run in timeline.runs {
      for sign in run.signs { add(sign.time) }
      if let removed = run.removed { add(removed.time) }
      if let work = run.lastWork { add(work) }
    }
    let shown = Set(lanes.flatMap(\.snapshots))
    for index in shown { add(timeline.snapshotSpans[index].end) }
    scale = TimeScale(
      times, now: Double(analysis.facts.clocks.now.seconds), left: Self.gutter,
      width: Self.width - Self.gutter - 16)
    height = Self.top + Double(max(lanes.count, 1)) * Self.laneHeight + 44
  }

  /// The drawing of all or of a part, with a title and a description for those who do not see it.
  static func svg(_ analysis: AuditAnalysis, _ window: Window? = nil, suffix: String = "") -> String {
    var drawing = TimelineDrawing(analysis, window, suffix: suffix)
    drawing.draw()
    return drawing.out
  }

  private static let closerLimit = 3

  /// The times of the first alarms, where the whole drawing has little room for them.
  static func closer(_ analysis: AuditAnalysis) -> [(number: Int, window: Window)] {
    let runs = analysis.timeline.runs
    guard let first = runs.map(\.start).min(), let last = runs.map(\.knownEnd).max() else { return [] }
    let whole = last.secondsSince(first)
    return analysis.findings.enumerated().compactMap { index, finding -> (number: Int, window: Window)? in
      guard finding.severity == .alarm, let from = finding.from else { return nil }
      let span = max((finding.to ?? from).secondsSince(from), 120)
      guard span < whole / 10 else { return nil }
      let margin = max(span, 900)
      let start = Double(from.seconds) - margin
      return (index + 1, Window(from: start, to: Double(from.seconds) + span + margin))
    }.prefix(closerLimit).map { $0 }
  }

  /// What of a lane was at work within the window; `nil` where nothing was.
  private static func lane(
    _ lane: TimelineLanes.Lane, within window: Window, _ timeline: AuditTimeline
  ) -> TimelineLanes.Lane? {
    var lane = lane
    lane.runs = lane.runs.filter { window.contains(timeline.runs[$0].start, timeline.runs[$0].knownEnd) }
    lane.snapshots = lane.snapshots.filter {
      window.contains(timeline.snapshotSpans[$0].start, timeline.snapshotSpans[$0].end)
    }
    guard !lane.runs.isEmpty || !lane.snapshots.isEmpty else { return nil }
    lane.detail = TimelineLanes.detail(lane, timeline)
    return lane
  }

  private var bottom: Double { Self.top + Double(max(lanes.count, 1)) * Self.laneHeight }

  private mutating func draw() {
    let facts = analysis.facts
    out +=
      "<svg class=\"timeline\" role=\"img\" aria-labelledby=\"timeline-title\(suffix) timeline-desc\(suffix)\" "
    out +=
      "viewBox=\"0 0 \(Self.text(Self.width)) \(Self.text(height))\" xmlns=\"http://www.w3.org/2000/svg\">"
    out += "<title id=\"timeline-title\(suffix)\">Who held the repository when</title>"
    out += "<desc id=\"timeline-desc\(suffix)\">\(ReportText.html(description))</desc>"
    // The pattern serves every drawing on the page.
    if suffix.isEmpty {
      out += """
        <defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">\
        <rect class="exclusive-fill" width="6" height="6"/><line class="hatch" x1="0" y1="0" x2="0" y2="6"/></pattern></defs>
        """
    }
    axis()
    findings()
    for index in lanes.indices { lane(index) }
    if window?.contains(facts.clocks.now, facts.clocks.now) ?? true {
      let now = scale.x(facts.clocks.now)
      line(now, Self.top - 8, now, bottom, "now")
      label(min(now, Self.width - 34), Self.top - 14, "now", "axis-text", anchor: "middle")
    }
    out += "</svg>"
  }

  private var description: String {
    let runs = analysis.timeline.runs
    guard let first = runs.map(\.start).min(), let last = runs.map(\.knownEnd).max() else {
      return "No lock tells of a holder."
    }
    return
      "\(ReportText.count(runs.count, "run", "runs")) of \(lanes.count) rows, from \(ReportText.time(first)) to "
      + "\(ReportText.time(last)) UTC. The table below has the same."
  }

  private mutating func axis() {
    for (index, _) in lanes.enumerated() where index % 2 == 0 {
      rect(0, Self.top + Double(index) * Self.laneHeight, Self.width, Self.laneHeight, "band")
    }
    let ticks = scale.ticks(spacing: 92)
    var lastLabel = -100.0
    for (position, tick) in ticks.enumerated() {
      line(tick.x, Self.top, tick.x, bottom + 4, "grid")
      guard tick.x - lastLabel > 66, tick.x < Self.width - 20 else { continue }
      lastLabel = tick.x
      let words = ReportText.time(UnixTime(seconds: tick.seconds)).split(separator: " ").map(String.init)
      guard words.count == 2 else { continue }
      let isDay = tick.step >= 86_400
      label(tick.x, bottom + 18, isDay ? words[0] : String(words[1].prefix(5)), "axis-text", anchor: "middle")
      let changesDay = position == 0 || tick.seconds / 86_400 != ticks[position - 1].seconds / 86_400
      if !isDay, changesDay { label(tick.x, bottom + 32, words[0], "axis-text", anchor: "middle") }
    }
    for gap in scale.breaks {
      let middle = gap.x + gap.width / 2
      rect(gap.x, Self.top, gap.width, bottom - Self.top, "break")
      out += "<path class=\"break-line\" d=\"M\(Self.text(gap.x + 3)) \(Self.text(Self.top)) "
      var y = Self.top
      var side = 1.0
      while y < bottom {
        y = min(y + 10, bottom)
        out += "L\(Self.text(middle + side * 5)) \(Self.text(y)) "
        side = -side
      }
      out += "\"/>"
      label(middle, Self.top - 14, ReportText.age(gap.seconds), "axis-text", anchor: "middle")
    }
  }

  /// Where the worst findings lie, with their numbers.
  private mutating func findings() {
    var lastX = -100.0
    var shown = 0
    for (index, finding) in analysis.findings.enumerated() where finding.severity == .alarm && shown < 12 {
      guard let from = finding.from, window?.contains(from, finding.to ?? from) ?? true else { continue }
      let (start, end) = (scale.x(from), scale.x(finding.to ?? from))
      let width = max(end - start, 3)
      out += "<a href=\"#finding-\(index + 1)\">"
      rect(start, Self.top, width, bottom - Self.top, "alarm-band", title: finding.title)
      if start - lastX > 18 {
        label(start + width / 2, Self.top - 2, "\(index + 1)", "alarm-number", anchor: "middle")
        lastX = start
      }
      out += "</a>"
      shown += 1
    }
  }

  private mutating func lane(_ index: Int) {
    let lane = lanes[index]
    let y = Self.top + Double(index) * Self.laneHeight
    let mark =
      lane.worst.map { $0 == .alarm ? "lane-title alarm-text" : "lane-title warning-text" } ?? "lane-title"
    let sign = lane.worst.map { $0 == .alarm ? "▲ " : "● " } ?? ""
    label(8, y + 13, sign + lane.title, mark, title: lane.title)
    label(8, y + 25, lane.detail, "lane-detail")
    if lane.runs.count > Self.barLimit {
      density(lane.runs, y)
    } else {
      for run in lane.runs { bar(analysis.timeline.runs[run], y) }
    }
    if lane.snapshots.count > Self.barLimit {
      snapshotDensity(lane.snapshots, y)
    } else {
      for snapshot in lane.snapshots { diamond(snapshot, y) }
    }
  }

  private mutating func bar(_ run: AuditRun, _ y: Double) {
    let (start, last) = (scale.x(run.start), scale.x(run.lastSign))
    let width = max(last - start, 5)
    out += "<g><title>\(ReportText.html(words(run)))</title>"
    let fileEnd = run.presentCount > 0 ? analysis.facts.clocks.now : run.removed?.time
    if let fileEnd, scale.x(fileEnd) > start + width {
      rect(
        start + width, y + 12, scale.x(fileEnd) - start - width, 5,
        run.isExclusive ? "left exclusive-left" : "left")
    }
    if let work = run.lastWork, scale.x(work) > start + width {
      rect(start + width, y + 9, scale.x(work) - start - width, 11, "work")
    }
    rect(start, y + 7, width, 15, run.isExclusive ? "exclusive" : "shared", radius: run.isExclusive ? 0 : 4)
    // Where a bar has no room for its refreshes, their lines would cover it.
    let hasRoom = width > 4 * Double(run.signs.count)
    for sign in run.signs.dropFirst().prefix(hasRoom ? Self.barLimit : 0) {
      let x = scale.x(sign.time)
      line(x, y + 7, x, y + 22, "refresh")
    }
    if let removed = run.removed {
      let x = scale.x(removed.time)
      out += "<path class=\"removed\" d=\"M\(Self.text(x - 4)) \(Self.text(y + 10)) l8 9 m0 -9 l-8 9\"/>"
    }
    out += "</g>"
  }

  private func words(_ run: AuditRun) -> String {
    var text = "\(run.name): \(ReportText.kind(run.isExclusive)), \(run.holder), "
    text +=
      "\(ReportText.count(run.signs.count, "lock", "locks")), \(ReportText.time(run.start)) to \(ReportText.time(run.lastSign))"
    if let removed = run.removed { text += ", removed \(ReportText.time(removed.time))" }
    if run.presentCount > 0 { text += ", still there" }
    if let purpose = run.purpose { text += ", \(purpose.text) (\(purpose.confidence.rawValue))" }
    return text
  }

  private mutating func diamond(_ index: Int, _ y: Double) {
    let span = analysis.timeline.snapshotSpans[index]
    let snapshot = analysis.facts.snapshots[index]
    let (start, end) = (scale.x(span.start), scale.x(span.end))
    out +=
      "<g><title>\(ReportText.html("snapshot \(snapshot.id.short), \(snapshot.record.username)@\(snapshot.record.hostname), \(snapshot.record.programVersion), \(ReportText.time(span.start)) to \(ReportText.time(span.end))"))</title>"
    if end - start > 1 { line(start, y + 25, end, y + 25, "snapshot-line") }
    out +=
      "<path class=\"snapshot\" d=\"M\(Self.text(end)) \(Self.text(y + 20.5)) l4.5 4.5 l-4.5 4.5 l-4.5 -4.5 z\"/></g>"
  }

  /// Many runs as columns: the taller, the more of them were at work.
  private mutating func density(_ indices: [Int], _ y: Double) {
    var shared: [Int: Int] = [:]
    var exclusive: [Int: Int] = [:]
    for index in indices {
      let run = analysis.timeline.runs[index]
      let bins = bin(scale.x(run.start))...max(bin(scale.x(run.lastSign)), bin(scale.x(run.start)))
      for bin in bins.prefix(400) {
        if run.isExclusive { exclusive[bin, default: 0] += 1 } else { shared[bin, default: 0] += 1 }
      }
    }
    columns(shared, y, "shared", "shared locks")
    columns(exclusive, y, "exclusive", "exclusive locks")
  }

  private mutating func snapshotDensity(_ indices: [Int], _ y: Double) {
    var counts: [Int: Int] = [:]
    for index in indices { counts[bin(scale.x(analysis.timeline.snapshotSpans[index].end)), default: 0] += 1 }
    columns(counts, y, "snapshot", "snapshots")
  }

  private mutating func columns(_ counts: [Int: Int], _ y: Double, _ style: String, _ what: String) {
    let most = Double(counts.values.max() ?? 1)
    for (bin, count) in counts.sorted(by: { $0.key < $1.key }) {
      let height = 4 + 20 * (Double(count) / most).squareRoot()
      rect(
        Double(bin) * Self.binWidth, y + 27 - height, Self.binWidth - 0.8, height, style,
        title: "\(count) \(what)")
    }
  }

  private func bin(_ x: Double) -> Int { Int((x / Self.binWidth).rounded(.down)) }

  private static func text(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e6 else { return "0" }
    let tenths = Int((value * 10).rounded())
    return tenths % 10 == 0
      ? "\(tenths / 10)" : "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10).\(abs(tenths) % 10)"
  }

  private mutating func rect(
    _ x: Double, _ y: Double, _ width: Double, _ height: Double, _ style: String, radius: Double = 0,
    title: String? = nil
  ) {
    out +=
      "<rect class=\"\(style)\" x=\"\(Self.text(x))\" y=\"\(Self.text(y))\" width=\"\(Self.text(width))\" "
    out += "height=\"\(Self.text(height))\""
    if radius > 0 { out += " rx=\"\(Self.text(radius))\"" }
    out += title.map { "><title>\(ReportText.html($0))</title></rect>" } ?? "/>"
  }

  private mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ style: String) {
    out += "<line class=\"\(style)\" x1=\"\(Self.text(x1))\" y1=\"\(Self.text(y1))\" x2=\"\(Self.text(x2))\" "
    out += "y2=\"\(Self.text(y2))\"/>"
  }

  private mutating func label(
    _ x: Double, _ y: Double, _ text: String, _ style: String, anchor: String = "start", title: String? = nil
  ) {
    out += "<text class=\"\(style)\" x=\"\(Self.text(x))\" y=\"\(Self.text(y))\" text-anchor=\"\(anchor)\">"
    out += "\(title.map { "<title>\(ReportText.html($0))</title>" } ?? "")\(ReportText.html(text))</text>"
  }
}
