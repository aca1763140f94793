#if os(Linux)
  import Foundation
  import Glibc
  import Synchronization
  import TestSupport
  import Testing

  /// One long run: its repository, its restics, and what reslock's users see meanwhile.
  final class LongRun: Sendable {
    /// A person with a state folder of their own.
    struct User: Sendable {
      let name: String
      let state: TemporaryFolder

      init(_ name: String) throws {
        self.name = name
        state = try TemporaryFolder("state-\(name)")
      }
    }

    let repository: ScenarioRepository
    let ledger: LongLedger
    let holders: [LongHolder]
    private let seen = Mutex(Seen())

    private struct Seen {
      /// The last verdict told of each lock.
      var verdicts: [String: String] = [:]
      /// Every verdict told of a holder's locks.
      var ofHolder: [String: Set<String>] = [:]
      /// Names of removed locks whose holder was reported, by kind.
      var sighted: [String: Set<String>] = [:]
      var removed: [String: Set<String>] = [:]
    }

    init() async throws {
      try Machine.requireWholeView()
      repository = try ScenarioRepository()
      for byte in 0..<256 {
        try FileManager.default.createDirectory(
          at: repository.url.appendingPathComponent("data/" + String(format: "%02x", byte)),
          withIntermediateDirectories: true)
      }
      ledger = LongLedger(repository.url, locks: repository.locks)
      var holders: [LongHolder] = []
      for restic in ResticBinary.all {
        for fate in LongHolder.Fate.allCases {
          holders.append(try LongHolder(fate, restic, in: repository.url))
        }
      }
      self.holders = holders
    }

    func holders(_ fates: LongHolder.Fate...) -> [LongHolder] { holders.filter { fates.contains($0.fate) } }

    func holder(ofLock name: String) -> LongHolder? {
      let key = ledger.files[name]?.holder
      return holders.first { $0.key == key }
    }

    func verdicts(of holder: LongHolder) -> Set<String> { seen.withLock { $0.ofHolder[holder.key] ?? [] } }
    func sighted(_ user: User) -> Set<String> { seen.withLock { $0.sighted[user.name] ?? [] } }
    func removed(_ user: User) -> Set<String> { seen.withLock { $0.removed[user.name] ?? [] } }

    /// Runs reslock as a user would, and keeps what it answered where `RESLOCK_LONG_RAW` says.
    func reslock(
      _ user: User, _ arguments: [String], timeout: Duration = .seconds(300)
    ) async throws -> ProcessResult {
      let result = try await ReslockBinary.run(
        arguments, repository: arguments[0] == "journal" ? nil : repository.url,
        environment: ["XDG_STATE_HOME": user.state.path], timeout: timeout)
      if let folder = ProcessInfo.processInfo.environment["RESLOCK_LONG_RAW"] {
        let name =
          String(format: "%.0f", Date().timeIntervalSince1970 * 1000) + "-\(user.name)-\(arguments[0])"
        let text = "\(arguments)\n\(result.what)\n\(result.stdout)"
        try? text.write(toFile: "\(folder)/\(name)", atomically: false, encoding: .utf8)
      }
      return result
    }

    // MARK: what users do

    /// Lists, and holds each verdict against the ledger.
    func list(_ user: User) async throws {
      let before = ledger.files
      let result = try await reslock(user, ["list", "--json"])
      let now = ContinuousClock.now
      guard let list = try? JSONDecoder.snakeCase.decode(LockList.self, from: Data(result.stdoutBytes)),
        result.exitCode == 0
      else { return ledger.fail("\(user.name): list: \(result.what)") }
      for lock in list.locks {
        guard let verdict = lock.verdict, let holder = self.holder(ofLock: lock.id),
          let file = before[lock.id]
        else {
          continue
        }
        let word = lock.stuck ? "\(verdict) (stuck)" : verdict
        let old = seen.withLock { seen in
          seen.ofHolder[holder.key, default: []].insert(word)
          defer { seen.verdicts["\(user.name) \(lock.id)"] = word }
          return seen.verdicts["\(user.name) \(lock.id)"]
        }
        let silence = file.silenceSeconds(at: now)
        check(word, silence, holder)
        if let old, old != word {
          ledger.note(
            String(
              format: "%@ lists %@, lock %@, silent for %.1f min: %@, before: %@", user.name, holder.name,
              String(lock.id.prefix(8)), silence / 60, word, old))
        }
      }
    }

    private func check(_ word: String, _ silence: Double, _ holder: LongHolder) {
      let what = "\(word) after \(silence) s of silence: \(holder.name)"
      switch word {
      case "fresh", "held": break
      case "held (stuck)": if silence < 22.5 * 60 - 1 { ledger.fail(what) }
      case "expired":
        if silence < 30 * 60 - 1 || holder.fate == .lively || holder.fate == .here35 { ledger.fail(what) }
      case "uncertain": if silence < 30 * 60 - 1 || holder.fate == .lively { ledger.fail(what) }
      // A holder that went on without its lock may leave one behind.
      case "superseded": if holder.fate == .lively { ledger.fail(what) }
      default: ledger.fail(what)
      }
    }

    func status(_ user: User) async throws {
      let result = try await reslock(user, ["status", "--json"])
      guard let status = try? JSONDecoder.snakeCase.decode(StatusView.self, from: Data(result.stdoutBytes)),
        result.exitCode == 0
      else { return ledger.fail("\(user.name): status: \(result.what)") }
      let verdicts = status.verdicts.filter { $0.value > 0 }.sorted { $0.key < $1.key }
      ledger.note(
        "\(user.name) asks for the status: \(status.state), \(verdicts.map { "\($0.value) \($0.key)" })")
    }

    /// Removes what goes, and notes it; only locks of `fates` may go.
    @discardableResult
    func unlock(
      _ user: User, _ flags: [String], mayRemove fates: Set<LongHolder.Fate> = [],
      timeout: Duration = .seconds(300)
    ) async throws -> ProcessResult? {
      let result = try await reslock(user, ["unlock", "--json"] + flags, timeout: timeout)
      guard let answer = try? JSONDecoder.snakeCase.decode(UnlockAnswer.self, from: Data(result.stdoutBytes))
      else {
        ledger.fail("\(user.name): unlock: \(result.what)")
        return nil
      }
      struct Sightings: Decodable {
        struct Sighting: Decodable { var kind, removed, seen, reason: String }
        var sightings: [Sighting]
      }
      let sightings =
        (try? JSONDecoder.snakeCase.decode(Sightings.self, from: Data(result.stdoutBytes)))?.sightings ?? []
      let hasAlarm = sightings.contains { $0.kind == "alarm" }
      if result.exitCode != (hasAlarm ? 1 : 0) || !answer.errors.isEmpty {
        ledger.fail("\(user.name): unlock: \(result.what) \(answer.errors)")
      }
      for lock in answer.locks where lock.outcome == "removed" {
        let holder = self.holder(ofLock: lock.id)
        let silence = ledger.files[lock.id].map { $0.silenceSeconds(at: .now) } ?? 0
        let text = String(
          format: "%@ removed %@, lock %@, first seen %.1f min ago: %@", user.name, holder?.name ?? "?",
          String(lock.id.prefix(8)), silence / 60, lock.verdict ?? "-")
        ledger.note(text)
        if !(holder.map { fates.contains($0.fate) } ?? false) { ledger.fail("must not go: \(text)") }
        seen.withLock { _ = $0.removed[user.name, default: []].insert(lock.id) }
      }
      for lock in answer.locks where lock.outcome == "failed" {
        ledger.fail("\(user.name): \(lock.outcomeReason)")
      }
      for sighting in sightings {
        let holder = self.holder(ofLock: sighting.removed)
        ledger.note(
          "\(user.name) is told by unlock (exit \(result.exitCode ?? -1)): \(sighting.kind): "
            + "\(holder?.name ?? "?"), lock \(sighting.removed.prefix(8)) was removed and "
            + "\(sighting.seen.prefix(8)) seen: \(sighting.reason)")
        seen.withLock { _ = $0.sighted[user.name, default: []].insert(sighting.removed) }
        if sighting.kind == "alarm", holder?.fate == .lively { ledger.fail("an alarm about a lively holder") }
      }
      return result
    }

    /// Watches as a user would, and notes what was told of stopped holders.
    func observe(_ user: User, minutes: Int) async throws {
      struct Event: Decodable {
        struct Lock: Decodable { var id: String }
        var event: String
        var time: String
        var message: String
        var replaces: String?
        var lock: Lock?
      }
      let result = try await reslock(
        user, ["observe", "--for", "\(minutes)m", "--json"], timeout: .seconds(minutes * 60 + 900))
      if result.exitCode != 0 { ledger.fail("\(user.name): observe: \(result.what)") }
      let events = result.stdout.split(separator: "\n").compactMap {
        try? JSONDecoder.snakeCase.decode(Event.self, from: Data($0.utf8))
      }
      let counts = Dictionary(grouping: events, by: \.event).mapValues(\.count).sorted { $0.key < $1.key }
      ledger.note("\(user.name) observed \(minutes) min at most: \(counts.map { "\($0.value) \($0.key)" })")
      for event in events where event.event != "refreshed" {
        let holder = event.lock.flatMap { self.holder(ofLock: $0.id) }
        ledger.note("  \(event.time) \(event.event): \(holder?.name ?? "?"): \(event.message)")
      }
      var refreshes: [String: Int] = [:]
      for event in events where event.event == "refreshed" {
        let holder = event.lock.flatMap { self.holder(ofLock: $0.id) }
        refreshes[holder?.name ?? "?", default: 0] += 1
      }
      for refresh in refreshes.sorted(by: { $0.key < $1.key }) {
        ledger.note("  refreshed \(refresh.value) times: \(refresh.key)")
      }
      for event in events {
        guard let id = event.lock?.id, let file = ledger.files[id], let holder = self.holder(ofLock: id)
        else {
          continue
        }
        if event.event == "overdue", holder.fate == .lively { ledger.fail("overdue: \(holder.name)") }
        if event.event == "refreshed", let replaces = event.replaces,
          ledger.files[replaces]?.holder != file.holder
        {
          ledger.fail("\(holder.name) did not replace \(replaces)")
        }
      }
    }
  }
#endif
