import Foundation
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Repositories that never answer, among many that do.
extension ManyRepositoriesTests {
  @Test("of a hundred repositories five hang, and ninety-five are answered")
  func hanging() async throws {
    let id = try makeLocked("locked")
    try FileManager.default.copyItem(
      at: Fixtures.url("restic-0.19-clean"), to: folder.url.appendingPathComponent("free"))
    #expect(mkfifo(folder.path("fifo"), 0o600) == 0)
    // A time that tells it from the sleep of any other test.
    let sleep = Int.random(in: 80_000...89_999)
    var lines = ["defaults: {password-file: pass}", "repositories:"]
    let hanging = [
      "{location: locked, password: {file: fifo}}",
      "{location: locked, password-command: sleep \(sleep)}",
      "{location: locked, password-command: [cat, \(folder.path("fifo"))]}",
      "{location: free, environment: {X: {file: fifo}}}",
      "{location-file: fifo}",
    ]
    for index in 0..<100 {
      // Where they are in the way of those behind them.
      let entry = index < 5 ? hanging[index] : "{location: \(index.isMultiple(of: 2) ? "locked" : "free")}"
      lines.append("  r\(index): \(entry)")
    }
    try write(lines.joined(separator: "\n"))
    let result = try await run(["list", "--json", "--all", "--repository-timeout", "20s"])
    #expect(result.exitCode == 1)
    let answers = try objects(result)
    #expect(answers.map(name) == (0..<100).map { "r\($0)" })
    for (index, answer) in answers.enumerated() {
      let isHanging = index < 5
      #expect(answer["message_type"] as? String == (isHanging ? "exit_error" : "lock_list"), "r\(index)")
      if isHanging { #expect((answer["message"] as? String)?.contains("did not answer within 20 s") == true) }
      let ids = (answer["locks"] as? [[String: Any]])?.compactMap { $0["id"] as? String }
      if !isHanging { #expect(ids == (index.isMultiple(of: 2) ? [id] : [])) }
    }
    // A password command that nobody waits for any more is ended.
    try await eventually("the sleep ends") {
      let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
      let isRunning = processes.contains { pid in
        FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") == Data("sleep\u{0}\(sleep)\u{0}".utf8)
      }
      return isRunning ? nil : true
    }
  }

  @Test("check of a hundred repositories of which five hang: a sentence, a state, a metric for each")
  func checkHanging() async throws {
    _ = try makeLocked("locked")
    try FileManager.default.copyItem(
      at: Fixtures.url("restic-0.19-clean"), to: folder.url.appendingPathComponent("free"))
    #expect(mkfifo(folder.path("fifo"), 0o600) == 0)
    var lines = ["defaults: {password-file: pass}", "repositories:"]
    for index in 0..<100 {
      let entry =
        index < 5
        ? "{location: free, environment: {X: {file: fifo}}}"
        : "{location: \(index.isMultiple(of: 2) ? "locked" : "free")}"
      lines.append("  r\(index): \(entry)")
    }
    try write(lines.joined(separator: "\n"))
    let flags = ["--all", "--repository-timeout", "20s"]

    let text = try await run(["check"] + flags)
    #expect(text.exitCode == 1)
    let sentences = text.stdout.split(separator: "\n").filter { !$0.contains(": hint: ") }
    #expect(sentences.count == 100)
    for (index, sentence) in sentences.enumerated() {
      let expected =
        index < 5 ? "error: " : index.isMultiple(of: 2) ? "backup can run; forget " : "backup and"
      #expect(sentence.hasPrefix("r\(index): \(expected)"), "\(sentence)")
    }

    let nagios = try await run(["check", "--nagios"] + flags)
    // The uncertain locks of the others are a warning, and not knowing is worse.
    #expect(nagios.exitCode == 3 && nagios.stdout.filter(\.isNewline).count == 1)
    #expect(nagios.stdout.hasPrefix("RESLOCK UNKNOWN - 52 of 100 repositories: r0: "), "\(nagios.stdout)")
    #expect(nagios.stdout.contains(" repositories=100;;;0 failed=5;;;0 locks=47;;;0 "))

    let metrics = try await run(["check", "--prometheus", "-q"] + flags)
    #expect(metrics.exitCode == 1 && metrics.stderr.isEmpty)
    #expect(try await Promtool.check(metrics.stdout).exitCode == 0)
    let samples = try MetricSample.parse(metrics.stdout)
    for index in 0..<100 {
      let own = samples.filter { $0.labels["repository"] == "r\(index)" }
      #expect(own.filter { $0.name == "reslock_up" }.map(\.value) == [index < 5 ? 0 : 1])
      let locks = own.filter { $0.name == "restic_locks_total" }.map(\.value)
      #expect(locks == (index < 5 ? [] : [index.isMultiple(of: 2) ? 1 : 0]), "r\(index)")
      if index < 5 { #expect(own.count == 1) }
    }
  }
}
