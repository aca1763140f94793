import TestSupport
#if os(Linux)
  import Foundation
  import Glibc
  import Synchronization

  /// What really happened to locks and their holders, learned without reslock: `locks/` is watched and polled, and the
  /// test notes whom it started, ended and found ended.
  final class StressLedger: Sendable {
    struct Holder: Sendable {
      let name: String
      let lock: String
      let isOurHost: Bool
      /// When the test asked it to end; it lived until then for certain.
      var endAsked: ContinuousClock.Instant?
      var wasKilled = false
    }

    private struct State {
      var present: Set<String> = []
      var everSeen: Set<String> = []
      /// The first poll that lacked it.
      var missed: [String: ContinuousClock.Instant] = [:]
      var holders: [String: Holder] = [:]
      var isStopped = false
      var hasEnded = false
    }

    private let state = Mutex(State())
    private let folder: URL
    private let arrivals: FolderArrivals

    init(_ folder: URL) throws {
      self.folder = folder
      arrivals = try FolderArrivals(folder)
      Thread { [self] in
        while !state.withLock({ $0.isStopped }) {
          poll()
          usleep(10_000)
        }
        poll()
        state.withLock { $0.hasEnded = true }
      }.start()
    }

    private func poll() {
      // Before the listing, which then lacks of these what is gone already: `restic unlock` may be faster than a poll.
      let arrived = arrivals.names().filter(Self.isLock)
      state.withLock { state in
        state.present.formUnion(arrived)
        state.everSeen.formUnion(arrived)
      }
      // A listing that fails would look like the end of every lock.
      guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path) else { return }
      let now = ContinuousClock.now
      let locks = Set(names.filter(Self.isLock))
      state.withLock { state in
        for name in state.present.subtracting(locks) { state.missed[name] = now }
        state.present = locks
        state.everSeen.formUnion(locks)
      }
    }

    private static func isLock(_ name: String) -> Bool { name.count == 64 && name.allSatisfy(\.isHexDigit) }

    func stop() async throws {
      state.withLock { $0.isStopped = true }
      try await eventually("the poll ends") { state.withLock { $0.hasEnded } ? true : nil }
    }

    var everSeen: Set<String> { state.withLock { $0.everSeen } }
    var present: Set<String> { state.withLock { $0.present } }
    var holders: [Holder] { state.withLock { Array($0.holders.values) } }

    func add(_ holder: Holder) { state.withLock { $0.holders[holder.lock] = holder } }

    /// To be called before the end is caused.
    func willEnd(_ lock: String, byKilling: Bool) {
      state.withLock { state in
        state.holders[lock]?.endAsked = .now
        state.holders[lock]?.wasKilled = byKilling
      }
    }

    /// Locks that went although their holder lived.
    var wronged: [Holder] {
      state.withLock { state in
        state.holders.values.filter { holder in
          guard let missed = state.missed[holder.lock] else { return false }
          return holder.endAsked.map { missed < $0 } ?? true
        }
      }
    }
  }
#endif
