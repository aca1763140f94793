/// Reads the clocks of this machine.
package struct HostClock: Sendable {
  package let read: @Sendable () -> ClockReading

  package init(read: @escaping @Sendable () -> ClockReading) {
    self.read = read
  }
}
