import Foundation
import TestSupport
import Testing

@Suite("Children of tests")
struct ChildProcessTests {
  @Test("many children with more output than a pipe holds run side by side")
  func manyChildren() async throws {
    try await withThrowingTaskGroup(of: ProcessResult.self) { group in
      for _ in 0..<40 {
        group.addTask {
          let script = "head -c 300000 /dev/zero; head -c 300000 /dev/zero >&2; exit 3"
          return try await ChildProcess.run("sh", ["-c", script])
        }
      }
      for try await result in group {
        #expect(result.exitCode == 3)
        #expect(result.stdoutBytes.count == 300_000)
        #expect(result.stderrBytes.count == 300_000)
      }
    }
  }

  @Test("input reaches the child and its end is seen")
  func input() async throws {
    let whole = try await ChildProcess.run("cat", [], standardInput: Data("hello".utf8))
    #expect(whole.stdout == "hello")

    let child = try ChildProcess(
      executable: "cat", arguments: [], environment: TestEnvironment.clean, input: .pipe)
    try child.writeInput(Data("in ".utf8))
    try child.writeInput(Data("parts".utf8))
    #expect(child.isRunning)
    child.closeInput()
    #expect(try await child.wait().stdout == "in parts")
  }

  @Test("a child that outlives its time is killed with its own children")
  func timeout() async throws {
    let folder = try TemporaryFolder()
    let child = try ChildProcess(
      executable: "sh", arguments: ["-c", "sleep 1000 & echo $! > \(folder.path("pid")); wait"],
      environment: TestEnvironment.clean)
    await #expect(throws: ChildProcessError.self) { try await child.wait(timeout: .milliseconds(300)) }
    let grandchild = try #require(
      Int32(String(contentsOfFile: folder.path("pid"), encoding: .utf8).trimmingCharacters(in: .newlines)))
    // Killed, though its new parent may not have reaped it yet.
    for _ in 0..<100 where try await state(of: grandchild) != nil {
      try await Task.sleep(for: .milliseconds(20))
    }
    #expect(try await state(of: grandchild) == nil)
  }

  @Test("a killed child is a zombie until it is waited for, and its signal is told")
  func signal() async throws {
    let child = try ChildProcess(executable: "sleep", arguments: ["1000"], environment: TestEnvironment.clean)
    #expect(child.isRunning)
    child.kill(SIGKILL)
    while child.isRunning { try await Task.sleep(for: .milliseconds(1)) }
    #expect(try await ChildProcess.run("ps", ["-o", "stat=", "-p", "\(child.pid)"]).stdout.hasPrefix("Z"))
    let result = try await child.wait()
    #expect(result.terminationSignal == SIGKILL)
    #expect(result.exitCode == nil)
  }

  @Test("a program that does not exist is an error")
  func missingProgram() async {
    await #expect(throws: ChildProcessError.self) { try await ChildProcess.run("/nonexistent/program", []) }
  }

  @Test("no variable of the caller but PATH reaches a child")
  func cleanEnvironment() async throws {
    let names = try await ChildProcess.run("env", []).stdout.split(separator: "\n").map {
      $0.prefix { $0 != "=" }
    }
    #expect(names.filter { $0.hasPrefix("RESTIC") } == ["RESTIC_CACHE_DIR"])
    #expect(names.contains("PATH"))
  }

  /// The state letter of a process that has not ended, else nil.
  private func state(of pid: Int32) async throws -> String? {
    let text = try await ChildProcess.run("ps", ["-o", "stat=", "-p", "\(pid)"]).stdout
    return text.isEmpty || text.hasPrefix("Z") ? nil : text
  }
}
