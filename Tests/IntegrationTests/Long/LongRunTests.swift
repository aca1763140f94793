#if os(Linux)
  import Foundation
  import Glibc
  import Synchronization
  import TestSupport
  import Testing

  /// Three versions of restic side by side through real refreshes, some of them stopped for 24 and 35 minutes.
  ///
  /// It takes 50 minutes: `make test-long` asks for it.
  @Suite(.enabled(if: ProcessInfo.processInfo.environment["RESLOCK_LONG"] != nil))
  struct LongRunTests {
    @Test("through real refreshes and long stops, no living lock goes and every silent one is told")
    func stops() async throws {
      let run = try await LongRun()
      let ledger = run.ledger
      let watcher = try LongRun.User("watcher")
      try await Self.firstRefreshes(run, watcher)

      let stopped = run.holders.filter { $0.fate != .lively }
      let stoppedAt = ContinuousClock.now
      for holder in stopped { holder.child.kill(SIGSTOP) }
      for holder in stopped {
        try await eventually("\(holder.name) stops") { hasStopped(holder.child.pid) ? true : nil }
      }
      try await ledger.identify()
      let bytes = try run.repository.lockBytes()
      ledger.note("stopped \(stopped.count) restics; \(ledger.present.count) locks are there")

      // One removes what is expired after a watch of its own; one only watches, and has seen nothing before.
      let remover = try LongRun.User("remover")
      let expiring = run.holders(.expired35)
      let isRemovalOver = Mutex(false)
      let removal = Task {
        defer { isRemovalOver.withLock { $0 = true } }
        try await run.unlock(
          remover,
          ["--observe", "31m", "--confirm", "8m"] + expiring.flatMap { ["--host", $0.hostName] },
          mayRemove: [.expired35], timeout: .seconds(3600))
        ledger.note("the remover's watch after the removal has ended")
      }
      let observer = try LongRun.User("observer")
      let observation = Task { try await run.observe(observer, minutes: 34) }

      try await Self.stopsAndContinuations(run, watcher, remover, since: stoppedAt) {
        isRemovalOver.withLock { $0 }
      }
      try await removal.value
      try await observation.value
      try await Self.ends(run, watcher, remover, bytes)
      ledger.stop()
      #expect(ledger.failures.isEmpty, "\(ledger.failures)")
    }

    /// Waits for a refresh of each, which `observe` must see.
    private static func firstRefreshes(_ run: LongRun, _ watcher: LongRun.User) async throws {
      let ledger = run.ledger
      try await eventually("every restic has a lock") {
        try await ledger.identify()
        return run.holders.allSatisfy { !ledger.presentNames(of: $0.key).isEmpty } ? true : nil
      }
      for holder in run.holders { ledger.note("started \(holder.name) as host \(holder.hostName)") }
      let observation = Task { try await run.observe(watcher, minutes: 8) }
      try await eventually("every restic has refreshed its lock", within: 1200) {
        try await ledger.identify()
        let areRefreshed = run.holders.allSatisfy {
          ledger.names(of: $0.key).count >= 2 && ledger.presentNames(of: $0.key).count == 1
        }
        if areRefreshed { return true }
        try await Task.sleep(for: .seconds(1))
        return nil
      }
      ledger.note("every restic has refreshed its lock once")
      try await observation.value
      try await run.list(watcher)
    }

    private static func stopsAndContinuations(
      _ run: LongRun, _ watcher: LongRun.User, _ remover: LongRun.User, since start: ContinuousClock.Instant,
      isRemovalOver: () -> Bool
    ) async throws {
      let ledger = run.ledger
      let cautious = try LongRun.User("cautious")
      let forcer = try LongRun.User("forcer")
      let keptHosts = Set(run.holders(.lively, .here35).map(\.hostName)).sorted().flatMap { ["--host", $0] }
      var due: [String: Double] = [:]
      var done: Set<String> = []
      func minutes() -> Double { (ContinuousClock.now - start) / .seconds(60) }
      /// Whether `what`, wanted every so many minutes, is to be done now.
      func isTime(_ what: String, every interval: Double) -> Bool {
        guard minutes() >= due[what] ?? 0 else { return false }
        due[what] = minutes() + interval
        return true
      }
      func isFirstTime(_ what: String, after limit: Double) -> Bool {
        minutes() >= limit && done.insert(what).inserted
      }
      var endedNames: Set<String> = []
      while minutes() < 41 {
        try await ledger.identify()
        if isTime("list", every: 1) { try await run.list(watcher) }
        if isTime("status", every: 3) { try await run.status(watcher) }
        // Before anything can have expired, nothing may go; later, nothing of those that live.
        if isTime("unlock", every: 2) { try await run.unlock(cautious, minutes() < 28 ? [] : keptHosts) }
        if isFirstTime("force", after: 23.5) {
          let names = run.holders(.forced24).flatMap { ledger.presentNames(of: $0.key) }
          try await run.unlock(
            forcer, ["--force", "--yes"] + names.flatMap { ["--id", $0] }, mayRemove: [.forced24])
        }
        if isFirstTime("continue 24", after: 24) { continueAll(run, .stopped24, .forced24) }
        if isFirstTime("continue 35", after: 35) { continueAll(run, .stopped35, .expired35, .here35) }
        if minutes() > 24, isTime("forcer", every: 0.5) { try await run.unlock(forcer, keptHosts) }
        for holder in run.holders where !holder.child.isRunning && endedNames.insert(holder.name).inserted {
          await noteEnd(of: holder, ledger, "by itself")
        }
        if isRemovalOver(), minutes() > 35, isTime("remover", every: 0.5) {
          try await run.unlock(remover, keptHosts)
        }
        try await Task.sleep(for: .seconds(5))
      }
    }

    private static func continueAll(_ run: LongRun, _ fates: LongHolder.Fate...) {
      for holder in run.holders where fates.contains(holder.fate) {
        let locks = run.ledger.presentNames(of: holder.key)
        run.ledger.note("SIGCONT to \(holder.name), which has \(locks.count) locks")
        holder.child.kill(SIGCONT)
      }
    }

    private static func noteEnd(of holder: LongHolder, _ ledger: LongLedger, _ how: String) async {
      do {
        let end = try await holder.child.wait()
        ledger.note("ended \(how): \(holder.name): \(end.what.replacing("\n", with: " | "))")
        if holder.fate == .lively, end.exitCode != 0 { ledger.fail("\(holder.name): \(end.what)") }
      } catch {
        ledger.fail("\(holder.name): \(error)")
      }
    }

    /// Lets every restic end, and takes stock.
    private static func ends(
      _ run: LongRun, _ watcher: LongRun.User, _ remover: LongRun.User, _ bytes: [String: Data]
    ) async throws {
      let ledger = run.ledger
      for holder in run.holders {
        let names = ledger.names(of: holder.key)
        let verdicts = run.verdicts(of: holder).sorted()
        ledger.note(
          "\(holder.name) wrote \(names.count) locks, \(ledger.presentNames(of: holder.key).count) are there; "
            + "listed as \(verdicts)")
      }
      for holder in run.holders where holder.child.isRunning {
        try? holder.child.writeInput(Data("what \(holder.name) keeps".utf8))
        holder.child.closeInput()
        await noteEnd(of: holder, ledger, "once its input ended")
      }
      for holder in run.holders(.stopped35, .expired35) {
        var expected: Set<String> = ["held", "held (stuck)"]
        if holder.fate == .stopped35 { expected.insert("expired") }
        let verdicts = run.verdicts(of: holder)
        if !verdicts.isSuperset(of: expected) { ledger.fail("\(holder.name) was listed as \(verdicts) only") }
      }
      for holder in run.holders(.lively) where run.verdicts(of: holder) != ["held"] {
        ledger.fail("\(holder.name) was listed as \(run.verdicts(of: holder))")
      }
      for holder in run.holders(.here35)
      where !run.verdicts(of: holder).isSubset(of: ["held", "held (stuck)"]) {
        ledger.fail("\(holder.name) was listed as \(run.verdicts(of: holder))")
      }
      try await undo(run, remover, bytes)
      let check = try await ResticBinary.newest.run(["check", "--no-lock"], repository: run.repository.url)
      ledger.note("restic check: \(check.what), \(check.stdout.split(separator: "\n").last ?? "")")
      if check.exitCode != 0 { ledger.fail("restic check: \(check.what)") }
    }

    /// What was removed can come back, and whoever went on without its lock was told.
    private static func undo(_ run: LongRun, _ remover: LongRun.User, _ bytes: [String: Data]) async throws {
      let ledger = run.ledger
      let removed = run.removed(remover)
      if removed.count != run.holders(.expired35).count {
        ledger.fail("the remover removed \(removed.count) locks")
      }
      for name in removed {
        guard let holder = run.holder(ofLock: name) else { continue }
        // Written after the removal, and there for long enough to be seen.
        let removedAt = ledger.files[name]?.goneAt ?? .now
        let later = ledger.files.filter { $0.value.holder == holder.key && $0.value.firstSeen > removedAt }
        let isTold = run.sighted(remover).contains(name)
        ledger.note("\(holder.name) wrote \(later.count) locks after the removal; told: \(isTold)")
        let longLived = later.values.contains { ($0.goneAt ?? .now) - $0.firstSeen > .seconds(90) }
        if longLived, !isTold { ledger.fail("nothing was told of \(holder.name)") }
      }
      let verify = try await run.reslock(remover, ["journal", "verify"])
      if verify.exitCode != 0 { ledger.fail("journal verify: \(verify.what)") }
      let undo = try await run.reslock(remover, ["undo", "--force"] + removed.sorted())
      if undo.exitCode != 0 { ledger.fail("undo: \(undo.what)\(undo.stdout)") }
      let now = try run.repository.lockBytes()
      for name in removed where now[name] == nil || now[name] != bytes[name] { ledger.fail("undo: \(name)") }
      ledger.note("undo brought \(removed.count { now[$0] == bytes[$0] }) of \(removed.count) locks back")
    }
  }
#endif
