internal import Synchronization
package import WallTime

/// Lets a bounded number of requests through at a time; the others wait in the order they came.
package final class RequestGate: Sendable {
  private struct State {
    var freeCount: Int
    var waiting: [(id: UInt64, continuation: CheckedContinuation<Bool, Never>)] = []
    var nextID: UInt64 = 0
  }

  private let state: Mutex<State>

  package init(width: Int) { state = Mutex(State(freeCount: max(width, 1))) }

  /// Runs `body` once there is room; a cancelled task waits no longer and throws `.cancelled`.
  package func pass<Result: Sendable>(
    action: @autoclosure () -> String, _ body: () async throws(StorageError) -> Result
  ) async throws(StorageError) -> Result {
    guard await enter() else {
      throw StorageError(.cancelled, action: action(), reason: "the operation was cancelled")
    }
    defer { leave() }
    return try await body()
  }

  /// `false` when the task was cancelled first.
  private func enter() async -> Bool {
    let id = state.withLock { state in
      state.nextID &+= 1
      return state.nextID
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        // Decided under the lock that `cancel` takes too, so that no cancellation falls between.
        let answer: Bool? = state.withLock { state in
          if Task.isCancelled { return false }
          if state.freeCount > 0 {
            state.freeCount -= 1
            return true
          }
          state.waiting.append((id: id, continuation: continuation))
          return nil
        }
        if let answer { continuation.resume(returning: answer) }
      }
    } onCancel: {
      cancel(id)
    }
  }

  private func cancel(_ id: UInt64) {
    let continuation = state.withLock { state in
      state.waiting.firstIndex { $0.id == id }.map { state.waiting.remove(at: $0).continuation }
    }
    continuation?.resume(returning: false)
  }

  private func leave() {
    let next = state.withLock { state -> CheckedContinuation<Bool, Never>? in
      guard !state.waiting.isEmpty else {
        state.freeCount += 1
        return nil
      }
      return state.waiting.removeFirst().continuation
    }
    next?.resume(returning: true)
  }
}

/// Asks no more than a number of things of another storage at the same time.
package struct LimitedStorage: Storage {
  private let base: any Storage
  private let gate: RequestGate

  package init(_ base: any Storage, gate: RequestGate) {
    self.base = base
    self.gate = gate
  }

  package var displayName: String { base.displayName }
  package var clockOffsetSeconds: Double? { base.clockOffsetSeconds }

  package func list(_ folder: RepositoryFolder, limit: Int) async throws(StorageError) -> [FileEntry] {
    try await gate.pass(action: "cannot list \(folder.rawValue)") { () async throws(StorageError) in
      try await base.list(folder, limit: limit)
    }
  }

  package func lastChange(of folder: RepositoryFolder) async -> UnixTime? {
    await base.lastChange(of: folder)
  }

  package func stat(_ file: RepositoryFile) async throws(StorageError) -> FileEntry {
    try await gate.pass(action: "cannot look at \(RepositoryLayout.default.path(of: file))") {
      () async throws(StorageError) in try await base.stat(file)
    }
  }

  package func read(_ file: RepositoryFile, byteLimit: Int) async throws(StorageError) -> [UInt8] {
    try await gate.pass(action: "cannot read \(RepositoryLayout.default.path(of: file))") {
      () async throws(StorageError) in try await base.read(file, byteLimit: byteLimit)
    }
  }
}
