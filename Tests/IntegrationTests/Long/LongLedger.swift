#if os(Linux)
  import Foundation
  import Glibc
  import Synchronization
  import TestSupport

  /// What really happens in `locks/` for most of an hour, learned by polling and from `restic cat lock`, never from reslock.
  final class LongLedger: Sendable {
    struct File: Sendable {
      let firstSeen: ContinuousClock.Instant
      var goneAt: ContinuousClock.Instant?
      /// Host and PID, once restic has told them.
      var holder: String?

      func silenceSeconds(at instant: ContinuousClock.Instant) -> Double {
        (instant - firstSeen) / .seconds(1)
      }
    }

    private struct State {
      var files: [String: File] = [:]
      var failures: [String] = []
      var isStopped = false
    }

    private let state = Mutex(State())
    private let start = ContinuousClock.now
    private let repository: URL
    private let locks: URL

    init(_ repository: URL, locks: URL) {
      self.repository = repository
      self.locks = locks
      Thread { [self] in
        while !state.withLock({ $0.isStopped }) {
          poll()
          usleep(50_000)
        }
      }.start()
    }

    func stop() { state.withLock { $0.isStopped = true } }

    private func poll() {
      guard let names = try? FileManager.default.contentsOfDirectory(atPath: locks.path) else { return }
      let now = ContinuousClock.now
      let present = Set(names.filter { $0.count == 64 && $0.allSatisfy(\.isHexDigit) })
      state.withLock { state in
        for name in present where state.files[name] == nil { state.files[name] = File(firstSeen: now) }
        for (name, file) in state.files where file.goneAt == nil && !present.contains(name) {
          state.files[name]?.goneAt = now
        }
      }
    }

    var files: [String: File] { state.withLock { $0.files } }
    var present: [String: File] { files.filter { $0.value.goneAt == nil } }
    var failures: [String] { state.withLock { $0.failures } }

    func names(of holder: String) -> Set<String> { Set(files.filter { $0.value.holder == holder }.keys) }
    func presentNames(of holder: String) -> Set<String> {
      Set(present.filter { $0.value.holder == holder }.keys)
    }

    /// Asks restic whose locks those are that came since the last call.
    func identify() async throws {
      struct Lock: Decodable {
        var hostname: String
        var pid: Int64
      }
      for (name, file) in present where file.holder == nil {
        let result = try await ResticBinary.newest.run(
          ["cat", "lock", name, "--no-lock"], repository: repository)
        guard result.exitCode == 0,
          let lock = try? JSONDecoder().decode(Lock.self, from: Data(result.stdoutBytes))
        else { continue }
        state.withLock { $0.files[name]?.holder = "\(lock.hostname) \(lock.pid)" }
      }
    }

    /// Prints a line of the ledger at once, with the minutes since its start.
    func note(_ text: String) {
      let seconds = (ContinuousClock.now - start) / .seconds(1)
      let line = String(format: "long %6.2f min  ", seconds / 60) + text + "\n"
      FileHandle.standardOutput.write(Data(line.utf8))
    }

    func fail(_ text: String) {
      note("FAILED: \(text)")
      state.withLock { $0.failures.append(text) }
    }
  }
#endif
