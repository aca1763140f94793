internal import ResticLocks

/// What a guard says beside its command, on standard error; its command's output stays as it is.
struct GuardVoice: Sendable {
  enum Event: String, Sendable {
    case blocked, waiting, unlocked, alarm, unwatched
    case timeout, killing, survivor
    case leftRemoved = "left_removed"
    case leftKept = "left_kept"
    case leftUnknown = "left_unknown"
  }

  var isJSON = false
  var isQuiet = false

  /// What a quiet guard keeps to itself.
  private static let passing: Set<Event> = [.waiting, .unlocked, .unwatched]

  func tell(_ event: Event, _ text: String, lock: String? = nil) {
    guard !isQuiet || !Self.passing.contains(event) else { return }
    guard isJSON else {
      StandardStreams.tell("reslock: \(TerminalText.escaped(text))")
      return
    }
    let line = JSONValue.object([
      ("message_type", .string("guard")), ("schema_version", .integer(1)), ("event", .string(event.rawValue)),
      ("message", .string(text)), ("lock", .optional(lock)),
    ])
    StandardStreams.tell(line.text)
  }
}
