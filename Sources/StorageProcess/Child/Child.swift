internal import ChildPrograms
internal import NIOCore
internal import ResticStorage
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A program that we started and talk to over its standard streams; its errors go where ours go.
///
/// It leads a process group of its own, so that a Ctrl-C at the terminal does not hit it before we are done with it.
/// Whoever starts it calls `end`, which waits until nothing is left of it.
final class Child: Sendable {
  let pid: pid_t
  /// The program as the user knows it.
  let name: String
  private let eventLoop: any EventLoop
  private let state = Mutex(State())

  private struct State {
    var exit: ChildExit?
    var waiting: EventLoopFuture<ChildExit>?
  }

  /// - Parameters:
  ///   - arguments: the program, looked up on PATH where it has no slash, and what follows it.
  ///   - environment: has the PATH, and the child's own environment.
  ///   - streams: become its standard streams; the child's ends are closed here, whatever happens.
  ///   - eventLoop: on which its end is watched.
  /// - Throws: `ChildStartError`, where nothing was started.
  init(
    _ arguments: [String], environment: StorageEnvironment, streams: ChildPipes, on eventLoop: any EventLoop
  ) throws(ChildStartError) {
    defer { streams.closeChilds() }
    name = arguments.first ?? ""
    guard let program = ProgramPath.find(name, path: environment.variable("PATH") ?? "") else {
      throw ChildStartError("the program \(name) is not found, or not executable")
    }
    self.eventLoop = eventLoop
    pid = try Self.spawn(program, arguments, environment.childVariables, streams)
  }

  /// Starts a program with streams of its own; ours of them are returned.
  static func start(
    _ arguments: [String], environment: StorageEnvironment, on eventLoop: any EventLoop
  ) throws(ChildStartError) -> (child: Child, streams: ChildPipes) {
    let streams = try ChildPipes()
    do throws(ChildStartError) {
      return (try Child(arguments, environment: environment, streams: streams, on: eventLoop), streams)
    } catch {
      streams.closeOurs()
      throw error
    }
  }

  private static func spawn(
    _ program: String, _ arguments: [String], _ variables: [[UInt8]]?, _ streams: ChildPipes
  ) throws(ChildStartError) -> pid_t {
    #if canImport(Glibc)
      var actions = posix_spawn_file_actions_t()
      var attributes = posix_spawnattr_t()
    #else
      var actions: posix_spawn_file_actions_t?
      var attributes: posix_spawnattr_t?
    #endif
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    posix_spawn_file_actions_adddup2(&actions, streams.input.childs, STDIN_FILENO)
    posix_spawn_file_actions_adddup2(&actions, streams.output.childs, STDOUT_FILENO)
    // The program begins with no signal blocked and none ignored, whatever we do with ours.
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes,
      Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF) | Int16(POSIX_SPAWN_SETPGROUP))
    var pid: pid_t = 0
    let code = CStrings.with(arguments.map { Array($0.utf8) }) { arguments in
      guard let variables else {
        return posix_spawn(&pid, program, &actions, &attributes, arguments, environ)
      }
      return CStrings.with(variables) { variables in
        posix_spawn(&pid, program, &actions, &attributes, arguments, variables)
      }
    }
    guard code == 0 else {
      throw ChildStartError(
        "the program \(program) can't be started: \(String(cString: strerror(code)))")
    }
    return pid
  }

  /// How it ended, once it has; it is collected then.
  ///
  /// A child that closed its output ends soon; one that has not is asked again and again, so this is for the end of
  /// its life only.
  func waitForExit() -> EventLoopFuture<ChildExit> {
    state.withLock { state in
      if let waiting = state.waiting { return waiting }
      let promise = eventLoop.makePromise(of: ChildExit.self)
      state.waiting = promise.futureResult
      poll(promise, pause: .milliseconds(1))
      return promise.futureResult
    }
  }

  private func poll(_ promise: EventLoopPromise<ChildExit>, pause: TimeAmount) {
    eventLoop.scheduleTask(in: pause) { [self] in
      if let exit = collect() {
        promise.succeed(exit)
      } else {
        poll(promise, pause: min(pause * 2, .milliseconds(50)))
      }
    }
  }

  private func collect() -> ChildExit? {
    state.withLock { state in
      if let exit = state.exit { return exit }
      var status: Int32 = 0
      let answer = waitpid(pid, &status, WNOHANG)
      if answer == 0 || (answer < 0 && errno == EINTR) { return nil }
      state.exit = answer == pid ? ChildExit(status: status) : .unknown
      return state.exit
    }
  }

  /// Sends a signal to the child and what it has started in its group, unless it was collected: the number may be
  /// another's then.
  private func signal(_ number: Int32) {
    state.withLock { state in
      if state.exit == nil { _ = kill(-pid, number) }
    }
  }

  /// Waits for the end of a child whose input is closed; one that goes on is told to end, then killed.
  ///
  /// Cancellation does not cut this short, and it takes no longer than a few seconds.
  @discardableResult
  func end(grace: TimeAmount = .seconds(2)) async -> ChildExit {
    (try? await beginEnding(grace: grace).get()) ?? .unknown
  }

  /// As `end`, without waiting here.
  @discardableResult
  func beginEnding(grace: TimeAmount = .seconds(2)) -> EventLoopFuture<ChildExit> {
    let steps = [
      eventLoop.scheduleTask(in: grace) { [self] in signal(SIGTERM) },
      eventLoop.scheduleTask(in: grace + .seconds(1)) { [self] in signal(SIGKILL) },
      // In the middle of a call that the kernel can't interrupt: it ends when that does.
      eventLoop.scheduleTask(in: grace + .seconds(6)) { [self] in
        state.withLock { state in if state.exit == nil { state.exit = .unknown } }
      },
    ]
    let exit = waitForExit()
    exit.whenComplete { _ in for step in steps { step.cancel() } }
    return exit
  }
}
