#if os(Linux)
  import Foundation
  import Glibc
  import TestSupport
  import Testing

  /// reslock killed right before each of its steps, and so right after the one before.
  @Suite(.serialized) struct KilledAtStepTests {
    private struct Death {
      let scenario: InterruptedScenario
      let when: String
    }

    /// Runs over a scenario of its own each time, killed before the first step, the second, and so on, until one ends by
    /// itself; answers the steps that there were.
    private static func forEachDeath(
      of arguments: [String], on makeScenario: () async throws -> InterruptedScenario,
      _ body: (Death) async throws -> Void
    ) async throws -> [String] {
      var steps: [String] = []
      while steps.count < 200 {
        let scenario = try await makeScenario()
        let end = try await scenario.start(
          arguments,
          launcher: [
            Machine.helper, "kill-at-step", "\(steps.count + 1)", scenario.repository.folder.path + "/",
          ]
        ).wait()
        if end.terminationSignal == nil {
          #expect(end.exitCode == 0, "\(end.what)")
          return steps
        }
        let step = end.stdout.split(separator: "\n").last.flatMap { $0.split(separator: " ").last }
        try #require(end.terminationSignal == SIGKILL, "\(end.what)")
        steps.append(String(try #require(step, "\(end.stdout)")))
        let when = "killed before step \(steps.count), \(steps.last ?? "")"
        try await body(Death(scenario: scenario, when: when))
      }
      throw NeverHappened(description: "a run of \(arguments) with fewer than 200 steps")
    }

    @Test(
      "killed before each of its steps, unlock has lost nothing, a second run finishes, and undo brings all back"
    )
    func unlock() async throws {
      var goneCounts: [Int] = []
      let steps = try await Self.forEachDeath(
        of: ["unlock", "--yes", "--trust-clock"], on: { try InterruptedScenario(lockCount: 4) }
      ) { death in
        let goneCount = try death.scenario.expectNothingLost(death.when)
        goneCounts.append(goneCount)
        try await death.scenario.expectWayBack("\(death.when), \(goneCount) gone")
      }
      // Announced in one synced step, removed one by one, and what became of them told in another.
      #expect(steps.filter { $0 == "unlinkat" }.count == 4, "\(steps)")
      #expect(steps.filter { $0 == "write" }.count == 2 && steps.last == "exit_group", "\(steps)")
      #expect(Set(goneCounts) == [0, 1, 2, 3, 4] && goneCounts == goneCounts.sorted(), "\(goneCounts)")
      let firstRemoval = try #require(steps.firstIndex(of: "unlinkat"))
      #expect(steps[..<firstRemoval].contains("fsync"), "\(steps)")
    }

    @Test("killed before each of its steps, undo leaves whole locks only, and a second one finishes")
    func undo() async throws {
      var goneCounts: [Int] = []
      let steps = try await Self.forEachDeath(
        of: ["undo", "--last", "--force"],
        on: {
          let scenario = try InterruptedScenario(lockCount: 2)
          try await scenario.unlocking.unlock(["--yes", "--trust-clock"])
          return scenario
        }
      ) { death in
        goneCounts.append(try death.scenario.expectNothingLost(death.when))
        try await death.scenario.expectUndo(death.when)
      }
      #expect(steps.filter { $0 == "linkat" }.count == 2 && steps.last == "exit_group", "\(steps)")
      #expect(Set(goneCounts) == [0, 1, 2] && goneCounts == goneCounts.sorted().reversed(), "\(goneCounts)")
    }
  }
#endif
