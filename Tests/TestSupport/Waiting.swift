import Foundation

/// Looks again and again until `attempt` gives a value; throws when it never does.
///
/// The limit is for machines under load: nothing that is waited for takes long.
@discardableResult
package func eventually<Value>(
  _ what: String, within seconds: Double = 300, _ attempt: () async throws -> Value?
) async throws -> Value {
  let deadline = ContinuousClock.now + .seconds(seconds)
  repeat {
    if let value = try await attempt() { return value }
    try await Task.sleep(for: .milliseconds(3))
  } while ContinuousClock.now < deadline
  throw NeverHappened(description: "it never happened that \(what)")
}

package struct NeverHappened: Error, CustomStringConvertible {
  package let description: String

  package init(description: String) { self.description = description }
}
