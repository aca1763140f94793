internal import WallTime

/// Sentences about a lock's silence.
enum SilenceText {
  /// What each basis says.
  static func claims(_ silence: Silence) -> String {
    var parts: [String] = []
    if let lockTime = silence.lockTime {
      parts.append("\(AgeText.text(seconds: lockTime.seconds)) ago by its own time")
    }
    if let storage = silence.storage {
      parts.append("\(AgeText.text(seconds: storage.seconds)) ago by the file's time")
    }
    if let observed = silence.observed {
      if observed.atLeastSeconds >= 60 {
        parts.append("at least \(AgeText.text(seconds: observed.atLeastSeconds)) ago by our own watching")
      }
      if let atMost = observed.atMostSeconds {
        parts.append("at most \(AgeText.text(seconds: atMost)) ago by our own watching")
      }
    }
    return parts.isEmpty ? "nothing tells its age" : "last refreshed " + parts.joined(separator: ", ")
  }

  /// Which bases show more than `limitSeconds`.
  static func shown(_ silence: Silence, beyond limitSeconds: Double) -> String {
    let limit = AgeText.text(seconds: limitSeconds)
    if let observed = silence.observed, observed.atLeastSeconds > limitSeconds {
      return
        "seen unchanged for \(AgeText.text(seconds: observed.atLeastSeconds)), which needs no clock but our own timer"
    }
    return "silent for more than \(limit): " + claims(silence)
  }

  /// The longest time that a clock or our watching gives.
  static func longest(_ silence: Silence) -> String {
    let values = [silence.lockTime?.seconds, silence.storage?.seconds, silence.observed?.atLeastSeconds]
    return AgeText.text(seconds: values.compactMap { $0 }.max() ?? 0)
  }
}
