internal import ResticFormat
internal import ResticLocks
internal import WallTime

/// `check --prometheus`: what is known of each repository now, and nothing of those that could not be looked at.
struct PrometheusReport: Sendable {
  struct Item: Sendable {
    let title: String
    /// `nil` where the look failed.
    let check: RepositoryCheck?
    let lookedAt: UnixTime
  }

  let items: [Item]

  /// What is left to say where not even the repositories are known.
  static var nothingKnown: String {
    var text = MetricsText()
    text.add("reslock_up", help: upHelp, [([], 0)])
    return text.document
  }

  private static let upHelp =
    "Whether the repository could be looked at; where it is 0, there is no other metric of it."

  var document: String {
    var text = MetricsText()
    let named = zip(Self.distinct(items.map(\.title)), items).map { (label: ("repository", $0), item: $1) }
    let known = named.compactMap { named in named.item.check.map { (named.label, $0, named.item.lookedAt) } }
    typealias Sample = (labels: [MetricsText.Label], value: Double)
    func each(_ value: (RepositoryCheck) -> Double?) -> [Sample] {
      known.compactMap { label, check, _ in value(check).map { ([label], $0) } }
    }

    text.add("reslock_up", help: Self.upHelp, named.map { ([$0.label], $0.item.check == nil ? 0 : 1) })
    text.add(
      "reslock_last_successful_look_timestamp_seconds",
      help: "When the repository was looked at, in Unix time.",
      known.map { label, _, time in ([label], Double(time.seconds)) })
    text.add(
      "restic_locks_total", .untyped, help: "Number of locks in the repository, stale ones too.",
      each { Double($0.lockCount) })
    text.add(
      "restic_stale_locks_total", .untyped, help: "Number of locks whose holder is gone.",
      each { Double($0.staleCount) })
    text.add(
      "reslock_locks", help: "Number of files in locks/ by verdict and kind.",
      known.flatMap { label, check, _ in Self.locks(check).map { ([label] + $0.labels, $0.value) } })
    text.add(
      "reslock_stuck_locks", help: "Number of locks whose holder lives and does not refresh them.",
      each { Double($0.inspection.assessments.count(where: \.isStuck)) })
    text.add(
      "reslock_oldest_unrefreshed_age_seconds",
      help: "Time since the last refresh of the lock that was not refreshed for longest.",
      each(\.oldestUnrefreshedSeconds))
    text.add(
      "reslock_operation_blocked", help: "Whether restic would refuse the operation now.",
      known.flatMap { label, check, _ in
        check.checks.map { ([label, ("operation", $0.operation.name)], $0.isBlocked ? 1 : 0) }
      })
    text.add(
      "reslock_operation_blocked_by",
      help: "Whether holders in the operation's way live, are gone, or are not known.",
      known.flatMap { label, check, _ in
        check.checks.flatMap { operation in
          HolderLife.allCases.map { life in
            (
              [label, ("operation", operation.operation.name), ("holder", life.rawValue)],
              operation.blockedBy == life ? 1 : 0
            )
          }
        }
      })
    return text.document
  }

  /// Every verdict for both kinds, so that a series does not end when its last lock goes.
  private static func locks(_ check: RepositoryCheck) -> [(labels: [MetricsText.Label], value: Double)] {
    Verdict.allCases.flatMap { verdict in
      let locks = check.inspection.assessments.filter { $0.verdict == verdict }.map(\.lock)
      let kinds: [(String, Bool?)]
      switch verdict {
      case .debris, .empty, .unreadable: kinds = [("", nil)]
      // Sound content under a wrong name is judged by its content.
      case .damaged: kinds = [("", nil), ("false", false), ("true", true)]
      case .held, .dead, .superseded, .expired, .uncertain, .fresh:
        kinds = [("false", false), ("true", true)]
      }
      return kinds.map { text, isExclusive in
        (
          [("verdict", verdict.rawValue), ("exclusive", text)],
          Double(locks.count { $0.record?.isExclusive == isExclusive })
        )
      }
    }
  }

  /// Two repositories must not share a series: the second of a name is told apart by its number.
  static func distinct(_ titles: [String]) -> [String] {
    var taken: Set<String> = []
    return titles.map { title in
      var (name, number) = (title, 1)
      while !taken.insert(name).inserted {
        number += 1
        name = "\(title) #\(number)"
      }
      return name
    }
  }
}
