#if canImport(Glibc)
  internal import CSupervision
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The processes that descend from this one, and signals to none but them.
///
/// A PID may be given anew at any time. A child of ours can't be mistaken, as its PID stays taken until we collect it; any
/// other descendant is signalled through a descriptor that was opened before it was seen to descend from us.
struct Descendants {
  /// Children that were there before the command, and what descends from them.
  let excluded: Set<Int32>

  private static let own = getpid()
  private static let longestChain = 512

  #if canImport(Glibc)
    /// All of them, a parent before its children.
    func all() -> [Int32] {
      let children = Self.parents().reduce(into: [Int32: [Int32]]()) {
        $0[$1.value, default: []].append($1.key)
      }
      var found: [Int32] = []
      var next = (children[Self.own] ?? []).filter { !excluded.contains($0) }.sorted()
      while !next.isEmpty {
        found += next
        next = next.flatMap { (children[$0] ?? []).sorted() }
      }
      return found
    }

    /// Our own children, ended ones too.
    func children() -> [Int32] {
      Self.parents().filter { $0.value == Self.own && !excluded.contains($0.key) }.keys.sorted()
    }

    static func childrenNow() -> Set<Int32> { Set(parents().filter { $0.value == own }.keys) }

    func send(_ number: Int32, to pid: Int32) {
      guard Self.parent(of: pid) != Self.own else {
        _ = kill(pid, number)
        return
      }
      let process = csupervision_open_process(pid)
      guard process >= 0 else { return }
      defer { close(process) }
      if isDescendant(pid) { _ = csupervision_signal_process(process, number) }
    }

    private func isDescendant(_ pid: Int32) -> Bool {
      var current = pid
      for _ in 0..<Self.longestChain {
        guard let parent = Self.parent(of: current), parent > 0 else { return false }
        if parent == Self.own { return !excluded.contains(current) }
        current = parent
      }
      return false
    }

    /// The parent of every process that can be seen.
    private static func parents() -> [Int32: Int32] {
      guard let folder = opendir("/proc") else { return [:] }
      defer { closedir(folder) }
      var parents: [Int32: Int32] = [:]
      while let entry = readdir(folder) {
        let name = withUnsafeBytes(of: &entry.pointee.d_name) {
          String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        if let pid = Int32(name), let parent = parent(of: pid) { parents[pid] = parent }
      }
      return parents
    }

    /// The field behind the state, which follows the last parenthesis (proc_pid_stat(5)).
    private static func parent(of pid: Int32) -> Int32? {
      let file = open("/proc/\(pid)/stat", O_RDONLY | O_CLOEXEC)
      guard file >= 0 else { return nil }
      defer { close(file) }
      var bytes = [UInt8](repeating: 0, count: 1024)
      let count = read(file, &bytes, bytes.count)
      guard count > 0, let end = bytes[..<count].lastIndex(of: UInt8(ascii: ")")) else { return nil }
      let fields = bytes[(end + 1)..<count].split(separator: UInt8(ascii: " "), maxSplits: 2)
      guard fields.count > 1 else { return nil }
      return Int32(String(decoding: fields[1], as: UTF8.self))
    }
  #else
    private static func list(_ parent: Int32) -> [Int32] {
      var pids = [Int32](repeating: 0, count: 4096)
      let byteCount = Int32(pids.count * MemoryLayout<Int32>.stride)
      let count = proc_listchildpids(parent, &pids, byteCount)
      return count > 0 ? Array(pids.prefix(Int(count))).sorted() : []
    }

    /// All of them, a parent before its children; orphans are init's here, and out of reach.
    func all() -> [Int32] {
      var found: [Int32] = []
      var next = children()
      while !next.isEmpty, found.count < Self.longestChain {
        found += next
        next = next.flatMap(Self.list)
      }
      return found
    }

    func children() -> [Int32] { Self.list(Self.own).filter { !excluded.contains($0) } }

    static func childrenNow() -> Set<Int32> { Set(list(own)) }

    /// Without descriptors of processes, only a child of ours is known for certain.
    func send(_ number: Int32, to pid: Int32) {
      if children().contains(pid) { _ = kill(pid, number) }
    }
  #endif
}
