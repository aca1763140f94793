internal import Synchronization

/// What a session or service has learned, until it learns otherwise.
final class B2Memory<Value: Sendable>: Sendable {
  private let state = Mutex<Value?>(nil)

  var value: Value? {
    get { state.withLock { $0 } }
    set { state.withLock { $0 = newValue } }
  }
}
