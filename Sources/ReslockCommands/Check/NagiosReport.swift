internal import ArgumentParser
internal import ResticLocks
internal import WallTime

/// The states of the Monitoring Plugins' guidelines.
package enum NagiosState: String, Sendable, CaseIterable {
  case ok = "OK"
  case warning = "WARNING"
  case critical = "CRITICAL"
  case unknown = "UNKNOWN"

  var exitStatus: ExitStatus {
    switch self {
    case .ok: .done
    case .warning: .failed
    case .critical: .nagiosCritical
    case .unknown: .nagiosUnknown
    }
  }

  /// Not knowing is worse than a warning, which may hide behind it.
  private static let worstFirst: [NagiosState] = [.critical, .unknown, .warning, .ok]

  package static func worst(_ states: some Sequence<NagiosState>) -> NagiosState {
    let states = Set(states)
    return worstFirst.first(where: states.contains) ?? .unknown
  }
}

/// `check --nagios`: one line, performance data behind the bar.
struct NagiosReport: Sendable {
  /// What is said of one repository, or why nothing can be.
  struct Item: Sendable {
    let title: String
    let state: NagiosState
    let sentence: String
    /// `nil` where the look failed: no number is better than a wrong one.
    let check: RepositoryCheck?
  }

  let items: [Item]

  /// Named in the line, the worst first; the rest is counted.
  private static let namedLimit = 5
  /// Some carriers cut off what is longer than 1024 or 4096 bytes.
  fileprivate static let sentenceLimit = 400

  var state: NagiosState { NagiosState.worst(items.map(\.state)) }

  var line: String { Self.line(state, text, performanceData) }

  static func line(_ state: NagiosState, _ text: String, _ performanceData: String = "") -> String {
    "RESLOCK \(state.rawValue) - \(plain(text))" + (performanceData.isEmpty ? "" : " | \(performanceData)")
  }

  private var text: String {
    if items.count < 2 { return items.first.map(Self.text) ?? "nothing to check" }
    let worst = items.filter { $0.state != .ok }.sorted { left, right in
      left.state != right.state && NagiosState.worst([left.state, right.state]) == left.state
    }
    guard !worst.isEmpty else { return "\(items.count) repositories" }
    let named = worst.prefix(Self.namedLimit).map(Self.text)
    let more = worst.count - named.count
    return "\(worst.count) of \(items.count) repositories: "
      + (named + (more > 0 ? ["\(more) more"] : [])).joined(separator: "; ")
  }

  private static func text(_ item: Item) -> String {
    TerminalText.short(item.title, characterLimit: 60) + ": "
      + TerminalText.short(item.sentence, characterLimit: sentenceLimit)
  }

  private var performanceData: String {
    let checks = items.compactMap(\.check)
    var values: [String] = []
    if items.count > 1 {
      values.append("repositories=\(items.count);;;0")
      values.append("failed=\(items.count - checks.count);;;0")
    }
    guard !checks.isEmpty else { return values.joined(separator: " ") }
    func sum(_ value: (RepositoryCheck) -> Int) -> Int { checks.map(value).reduce(0, +) }
    func seconds(_ values: [Double?]) -> Int64 {
      Int64(max(0, min(values.compactMap { $0 }.max() ?? 0, 1e15)))
    }
    // Repositories may have thresholds of their own; then none stands for all.
    let warnings = Set(checks.map(\.rules.warningAgeSeconds))
    let criticals = Set(checks.map(\.rules.criticalAgeSeconds))
    func only(_ values: Set<Double>) -> String {
      values.count == 1 ? values.first.map { "\(seconds([$0]))" } ?? "" : ""
    }
    values += [
      "locks=\(sum(\.lockCount));;;0", "stale=\(sum(\.staleCount));;;0",
      "attention=\(sum(\.attention.count));;;0", "blocked=\(sum(\.blocked.count));;;0",
      "oldest_unrefreshed=\(seconds(checks.map(\.oldestUnrefreshedSeconds)))s;;;0",
      "held=\(seconds(checks.map(\.heldSeconds)))s;\(only(warnings));\(only(criticals));0",
    ]
    return values.joined(separator: " ")
  }

  /// Text that ends no line, begins no performance data, and means nothing to a shell or a page it is pasted into.
  package static func plain(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { result, scalar in
      switch scalar {
      // Our own sentences have these, and these are harmless.
      case "'": result.unicodeScalars.append("\u{2019}")
      case "\u{2026}": result += "..."
      default:
        let isPlain =
          scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
          || " .,:;@-_+=()/#".unicodeScalars.contains(scalar)
        result.unicodeScalars.append(isPlain ? scalar : "?")
      }
    }
  }
}

extension NagiosReport {
  /// Wrong use of a plugin is UNKNOWN; any other exit code would be a fault of the monitoring system.
  ///
  /// - Returns: the exit code, or `nil` where the error is a call for help.
  static func report(parsing error: any Error) -> Int32? {
    guard Reslock.exitCode(for: error).rawValue != 0 else { return nil }
    let message = TerminalText.short(Reslock.message(for: error), characterLimit: sentenceLimit)
    try? StandardStreams.writeAnswer(line(.unknown, message) + "\n")
    return ExitStatus.nagiosUnknown.rawValue
  }
}
