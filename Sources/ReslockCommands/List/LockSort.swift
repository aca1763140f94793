internal import ArgumentParser
internal import ResticFormat
internal import ResticLocks

/// The order of the rows of `list`; oldest first unless said otherwise.
enum LockSort: String, ExpressibleByArgument, CaseIterable {
  case age, id, host, user, pid, kind, verdict

  func sorted(_ assessments: [Assessment]) -> [Assessment] {
    switch self {
    case .age: assessments
    case .id: assessments.sorted { $0.lock.name < $1.lock.name }
    case .host: by(assessments) { $0.lock.record?.hostname ?? "" }
    case .user: by(assessments) { $0.lock.record?.username ?? "" }
    case .pid: by(assessments) { $0.lock.record?.pid ?? .max }
    case .kind: by(assessments) { HolderText.kind($0.lock) }
    case .verdict:
      by(assessments) { assessment in
        assessment.verdict.flatMap(Verdict.allCases.firstIndex) ?? Verdict.allCases.count
      }
    }
  }

  /// Keeps the order by age among equals.
  private func by<Value: Comparable>(
    _ assessments: [Assessment], _ value: (Assessment) -> Value
  ) -> [Assessment] {
    assessments.enumerated().sorted { left, right in
      let (leftValue, rightValue) = (value(left.element), value(right.element))
      return leftValue == rightValue ? left.offset < right.offset : leftValue < rightValue
    }.map(\.element)
  }
}
