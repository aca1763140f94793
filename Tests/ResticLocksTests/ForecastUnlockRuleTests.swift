import ResticLocks
import Testing

@Suite("What plain restic unlock does") struct ForecastUnlockRuleTests {
  typealias Subject = ResticUnlockRule.Subject
  typealias Answer = ResticUnlockRule.ProcessAnswer

  static let cases: [(Subject, Bool)] = [
    (lock(age: 1800.001), true),
    (lock(age: 1800), false),
    (lock(age: 1800.001, isOurHost: true, process: .exists), true),
    (lock(age: 5), false),
    (lock(age: -86_400), false),
    (lock(age: -86_400, isOurHost: true, process: .noSuchProcess), true),
    (lock(age: 5, process: .noSuchProcess), false),
    (lock(age: 5, isOurHost: true, process: .noSuchProcess), true),
    (lock(age: 5, isOurHost: true, process: .exists), false),
    (lock(age: 5, isOurHost: true, process: .notPermitted), false),
    (lock(age: 5, isOurHost: true, process: .notAsked), false),
    (lock(age: 5, isOurHost: true, pid: 0), true),
    (lock(age: 5, isOurHost: true, pid: -1), true),
    (lock(age: 5, isOurHost: true, pid: -2), false),
    (lock(age: 5, pid: 0), false),
    (.unusable, false),
    (.empty, false),
    (.notALock, false),
  ]

  @Test("depends on age, host and process", arguments: cases.indices)
  func rule(index: Int) {
    let (subject, removes) = Self.cases[index]
    #expect(ResticUnlockRule.meant.decision(on: subject).removes == removes, "\(subject)")
    #expect(!ResticUnlockRule.meant.decision(on: subject).reason.isEmpty)
  }

  @Test("differs from its rule only where a signal is refused", arguments: cases.indices)
  func asImplemented(index: Int) {
    let (subject, removes) = Self.cases[index]
    let isRefused = subject == Self.lock(age: 5, isOurHost: true, process: .notPermitted)
    #expect(
      ResticUnlockRule.asImplemented.decision(on: subject).removes == (removes || isRefused), "\(subject)")
  }

  private static func lock(
    age: Double, isOurHost: Bool = false, pid: Int64 = 4711, process: Answer = .notAsked
  ) -> Subject {
    .readable(ageSeconds: age, isOurHost: isOurHost, pid: pid, process: process)
  }
}
