internal import HostFacts

/// Prints what `HostFacts` finds out about the PIDs given, for tests that look from another user or namespace.
@main
struct HostFactsProbe {
  static func main() {
    let wanted = Set(CommandLine.arguments.dropFirst().compactMap { Int64($0) })
    let identity = HostIdentity.current()
    print("host \(identity.hostName) user \(identity.userID) \(identity.userName ?? "-")")
    let snapshot = ProcessTable.system.take(wanted)
    print("boot \(snapshot.clock.bootID ?? "-")")
    for hindrance in snapshot.hindrances { print("hindrance \(hindrance)") }
    for pid in wanted.sorted() {
      let facts = snapshot.facts(for: pid)
      print("pid \(pid) signal \(facts.signalZero) thread of \(facts.thread?.threadGroupID ?? 0)")
      for process in facts.processes {
        print(
          "process \(process.hostPID) pids \(process.namespacePIDs) state \(process.state?.code ?? "-")",
          "live \(process.liveThreadCount ?? -1) executable \(process.executable)",
          "command \(process.commandLine) user \(process.userID ?? 0)",
          "namespace \(process.pidNamespace ?? "-")")
      }
    }
  }
}
