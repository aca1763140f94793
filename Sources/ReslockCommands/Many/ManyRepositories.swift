internal import Synchronization

/// Looks at many things side by side: a few at a time, each within its own time, so that none hides the others.
struct ManyRepositories: Sendable {
  /// How many are looked at together.
  var width = 32
  /// How many begin: where looks take no time, as on a local disk, more threads than these only cost.
  var firstWidth = min(32, 2 * CommandContext.coreCount)
  /// After that time without having answered all, as many as ``width`` allows are looked at together.
  static let firstSpan: Duration = .milliseconds(5)
  /// How long each may take.
  let timeout: Duration
  /// How long a look that is cancelled from outside may take to say how it ended; `nil` for as long as it needs.
  var cancellationGrace: Duration? = .zero

  init(timeout: Duration) { self.timeout = timeout }

  /// Looks at every item, and hands the outcomes over in the order of the items.
  ///
  /// A look that takes too long is cancelled and not waited for: its outcome is ``LookTimeout``. One that can't be
  /// cancelled, as its file system hangs, keeps its own thread until the process ends.
  ///
  /// `look` runs on a thread of its own for each item. `handOver` is called for one item after the other; what it
  /// throws ends everything.
  func look<Item: Sendable, Answer: Sendable>(
    at items: [Item], _ look: @escaping @Sendable (Item) async throws -> Answer,
    handOver: (Item, Result<Answer, any Error>) throws -> Void
  ) async throws {
    try await withThrowingTaskGroup(of: (Int, Result<Answer, any Error>)?.self) { group in
      var outcomes: [Int: Result<Answer, any Error>] = [:]
      var (started, handedOver) = (0, 0)
      func start() {
        guard started < items.count else { return }
        let (index, item, timeout, grace) = (started, items[started], timeout, cancellationGrace)
        group.addTask {
          (index, await Self.outcome(within: timeout, cancellationGrace: grace) { try await look(item) })
        }
        started += 1
      }
      let firstWidth = min(max(firstWidth, 1), max(width, 1))
      for _ in 0..<firstWidth { start() }
      if items.count > firstWidth {
        group.addTask {
          try? await Task.sleep(for: Self.firstSpan)
          return nil
        }
      }
      while handedOver < items.count, let finished = try await group.next() {
        guard let (index, outcome) = finished else {
          for _ in firstWidth..<max(width, firstWidth) { start() }
          continue
        }
        outcomes[index] = outcome
        start()
        while let outcome = outcomes.removeValue(forKey: handedOver) {
          try handOver(items[handedOver], outcome)
          handedOver += 1
        }
      }
      group.cancelAll()
    }
  }

  /// The outcome of one look on a thread of its own, or ``LookTimeout``.
  ///
  /// - Parameters:
  ///   - timeout: how long it is waited for.
  ///   - cancellationGrace: see ``cancellationGrace``.
  ///   - look: the look.
  /// - Returns: what came first.
  static func outcome<Answer: Sendable>(
    within timeout: Duration, cancellationGrace: Duration? = .zero,
    _ look: @escaping @Sendable () async throws -> Answer
  ) async -> Result<Answer, any Error> {
    let executor = LookExecutor()
    let first = FirstOutcome<Answer>()
    // Not a child: what hangs in the kernel can't be cancelled, and would be waited for.
    let work = Task(executorPreference: executor) {
      do {
        first.give(.success(try await look()))
      } catch {
        first.give(.failure(error))
      }
      executor.close()
    }
    let timer = Task {
      try await Task.sleep(for: timeout)
      first.give(.failure(LookTimeout(limit: timeout)))
      work.cancel()
    }
    defer { timer.cancel() }
    return await withTaskCancellationHandler {
      await first.outcome()
    } onCancel: {
      if cancellationGrace == .zero { first.give(.failure(CancellationError())) }
      work.cancel()
      guard let cancellationGrace, cancellationGrace > .zero else { return }
      Task {
        try? await Task.sleep(for: cancellationGrace)
        first.give(.failure(CancellationError()))
      }
    }
  }
}

/// A repository did not answer in the time it was given.
struct LookTimeout: Error, CustomStringConvertible {
  let limit: Duration
  var description: String { "it did not answer within \(limit.components.seconds) s" }
  var hint: String { "give it longer with --repository-timeout" }
}

/// The outcome that comes first; later ones are dropped.
private final class FirstOutcome<Answer: Sendable>: Sendable {
  private enum State {
    case none
    case waiting(CheckedContinuation<Result<Answer, any Error>, Never>)
    case given(Result<Answer, any Error>)
  }

  private let state = Mutex<State>(.none)

  func give(_ outcome: Result<Answer, any Error>) {
    let waiting = state.withLock { state -> CheckedContinuation<Result<Answer, any Error>, Never>? in
      switch state {
      case .given: return nil
      case .none:
        state = .given(outcome)
        return nil
      case .waiting(let continuation):
        state = .given(outcome)
        return continuation
      }
    }
    waiting?.resume(returning: outcome)
  }

  func outcome() async -> Result<Answer, any Error> {
    await withCheckedContinuation { continuation in
      let given = state.withLock { state -> Result<Answer, any Error>? in
        if case .given(let outcome) = state { return outcome }
        state = .waiting(continuation)
        return nil
      }
      if let given { continuation.resume(returning: given) }
    }
  }
}
