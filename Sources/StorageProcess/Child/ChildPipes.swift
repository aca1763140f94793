#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The two streams between us and a child, closed on exec from birth wherever the system lets them be.
///
/// A stream that another child of ours had inherited would stay open when we close it, and the first child would never
/// see the end of its input.
struct ChildPipes {
  /// Where we write, and what the child reads.
  let input: (ours: Int32, childs: Int32)
  /// Where we read, and what the child writes.
  let output: (ours: Int32, childs: Int32)

  init() throws(ChildStartError) {
    input = try Self.pair()
    do throws(ChildStartError) {
      output = try Self.pair()
    } catch {
      close(input.ours)
      close(input.childs)
      throw error
    }
  }

  func closeChilds() {
    close(input.childs)
    close(output.childs)
  }

  func closeOurs() {
    close(input.ours)
    close(output.ours)
  }

  /// Linux makes sockets that are closed on exec in one step, pipes too but not through Swift's C library.
  private static func pair() throws(ChildStartError) -> (ours: Int32, childs: Int32) {
    var ends: [Int32] = [-1, -1]
    #if canImport(Glibc)
      let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    #else
      let type = SOCK_STREAM
    #endif
    guard socketpair(AF_UNIX, type, 0, &ends) == 0, let ours = ends.first, let childs = ends.last else {
      throw ChildStartError("no pipe can be had: \(String(cString: strerror(errno)))")
    }
    #if !canImport(Glibc)
      for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    #endif
    return (ours, childs)
  }
}

/// Why a program can't be started.
struct ChildStartError: Error, CustomStringConvertible {
  let description: String
  /// What to do next.
  let hint: String?

  init(_ description: String, hint: String? = nil) {
    self.description = description
    self.hint = hint
  }
}
