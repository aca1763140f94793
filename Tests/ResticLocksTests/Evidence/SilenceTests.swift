import ResticLocks
import Testing

@Suite("Silence is settled") struct SilenceTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let silence: Silence
    let isSettled: Bool

    init(_ description: String, _ silence: Silence, _ isSettled: Bool) {
      testDescription = description
      self.silence = silence
      self.isSettled = isSettled
    }
  }

  private static let half = 30 * Made.minute

  static let cases: [Case] = [
    Case("two sound clocks beyond 30 minutes", Made.silence(half + 2), true),
    Case("two sound clocks at exactly 30 minutes", silence(Made.sound(half, uncertainty: 0)), false),
    Case("two sound clocks just past it", silence(Made.sound(half + 0.001, uncertainty: 0)), true),
    Case("two sound clocks whose error reaches back to 30 minutes", Made.silence(half + 1), false),
    Case(
      "two sound clocks, one of them within its error",
      Silence(lockTime: Made.sound(half + 10), storage: Made.sound(half + 10, uncertainty: 10)), false),
    Case("a sound lock time alone", Silence(lockTime: Made.sound(half * 2)), false),
    Case("a sound file time alone", Silence(storage: Made.sound(half * 2)), false),
    Case(
      "one sound and one unsound clock",
      Silence(lockTime: Made.sound(half * 2), storage: Made.unsound(half * 2)), false),
    Case(
      "two unsound clocks", Silence(lockTime: Made.unsound(half * 2), storage: Made.unsound(half * 2)), false),
    Case(
      "sound clocks that disagree",
      Silence(lockTime: Made.sound(half * 20), storage: Made.sound(half - 60)), false),
    Case(
      "watching alone past 30 minutes", Silence(observed: ObservedSilence(atLeastSeconds: half + 0.001)), true
    ),
    Case(
      "watching alone for exactly 30 minutes", Silence(observed: ObservedSilence(atLeastSeconds: half)), false
    ),
    Case(
      "watching past 30 minutes although both clocks say a minute",
      Made.silence(60, observed: ObservedSilence(atLeastSeconds: half + 1)), true),
    Case(
      "watching past 30 minutes although a time lies in the future",
      Silence(observed: ObservedSilence(atLeastSeconds: half + 1), futureBases: [.lockTime, .storage]), true),
    Case(
      "two sound clocks against an earlier listing without the ID",
      Made.silence(half * 4, observed: ObservedSilence(atLeastSeconds: 5, atMostSeconds: half)), false),
    Case(
      "two sound clocks and a listing without the ID that is old enough to agree",
      Made.silence(half * 4, observed: ObservedSilence(atLeastSeconds: 5, atMostSeconds: half + 1)), true),
    Case("no basis at all", Silence(), false),
  ]

  private static func silence(_ both: SilenceMeasurement) -> Silence {
    Silence(lockTime: both, storage: both)
  }

  @Test("beyond 30 minutes by two sound bases, or by watching alone", arguments: cases)
  func isSettled(_ testCase: Case) {
    #expect(testCase.silence.isSettled == testCase.isSettled)
  }

  static let dayCases: [Case] = [
    Case("an unsound lock time past a day, alone", Silence(lockTime: Made.unsound(Made.day + 0.001)), true),
    Case("an unsound lock time at exactly a day", Silence(lockTime: Made.unsound(Made.day)), false),
    Case("an unsound file time past a day, alone", Silence(storage: Made.unsound(Made.day + 1)), true),
    Case("a sound one within its error of a day", Silence(lockTime: Made.sound(Made.day + 1)), false),
    Case(
      "a day on one and 31 minutes on the other",
      Silence(lockTime: Made.unsound(Made.day + 1), storage: Made.unsound(31 * Made.minute)), true),
    Case(
      "a day on one and exactly 30 minutes on the other",
      Silence(lockTime: Made.unsound(Made.day * 9), storage: Made.unsound(30 * Made.minute)), false),
    Case(
      "a day on one and 30 minutes within the error of the other",
      Silence(lockTime: Made.unsound(Made.day * 9), storage: Made.sound(30 * Made.minute + 1)), false),
    Case(
      "a day on one and a minute on the other",
      Silence(lockTime: Made.unsound(60), storage: Made.unsound(Made.day * 9)), false),
    Case(
      "a day by the file and a lock time in the future",
      Silence(storage: Made.sound(Made.day * 9), futureBases: [.lockTime]), false),
    Case(
      "a day by the lock and a file time in the future",
      Silence(lockTime: Made.sound(Made.day * 9), futureBases: [.storage]), false),
    Case(
      "a day against a listing 30 minutes ago that did not have it",
      Silence(
        lockTime: Made.sound(Made.day * 9),
        observed: ObservedSilence(atLeastSeconds: 60, atMostSeconds: 30 * Made.minute)), false),
    Case(
      "a day, and watching that is too short to say anything",
      Silence(lockTime: Made.unsound(Made.day * 9), observed: ObservedSilence(atLeastSeconds: 60)), true),
  ]

  @Test("by one clock that says a whole day, where nothing says less than 30 minutes", arguments: dayCases)
  func oneClockOfADay(_ testCase: Case) {
    #expect(testCase.silence.isSettled == testCase.isSettled)
  }

  @Test("by no clock that is unsound below a day", arguments: [31 * Made.minute, Made.hour, Made.day])
  func unsoundClocksSettleNothing(seconds: Double) {
    let silence = Silence(lockTime: Made.unsound(seconds), storage: Made.unsound(seconds))
    #expect(!silence.isSettled)
    #expect(!silence.isShownTwice(beyond: 0))
    #expect(silence.isClaimed(beyond: 30 * Made.minute))
  }

  @Test("never by an age that is shown to people from the shortest claim")
  func ageForPeople() throws {
    let silence = Silence(
      lockTime: Made.sound(10), storage: Made.sound(20), observed: ObservedSilence(atLeastSeconds: 30))
    #expect(silence.age?.basis == .lockTime)
    var withoutLockTime = silence
    withoutLockTime.lockTime = nil
    #expect(withoutLockTime.age?.basis == .storage)
    withoutLockTime.storage = nil
    #expect(withoutLockTime.age?.basis == .observed)
    #expect(Silence().age == nil)
  }
}
