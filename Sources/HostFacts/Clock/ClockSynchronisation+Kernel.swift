extension ClockSynchronisation {
  /// Judges the answer of adjtimex(2) or ntp_adjtime(2): `state` is what it returned (negative: it failed), the other
  /// two are fields of its structure.
  package init(state: Int32, status: Int32, maximumErrorMicroseconds: Int64) {
    // STA_UNSYNC and TIME_ERROR: the same numbers on Linux and macOS.
    let unsynchronisedStatus: Int32 = 0x40
    let errorState: Int32 = 5
    if state < 0 {
      self = .unknown
    } else if status & unsynchronisedStatus != 0 || state >= errorState {
      self = .unsynchronised
    } else {
      self = .synchronised(maximumErrorSeconds: Double(max(maximumErrorMicroseconds, 0)) / 1e6)
    }
  }
}
