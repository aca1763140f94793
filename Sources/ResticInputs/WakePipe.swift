#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A pipe through which a signal handler or another thread ends a wait for input.
final class WakePipe: Sendable {
  let readingEnd: Int32
  let writingEnd: Int32

  init() throws(InputError) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0, let reading = ends.first, let writing = ends.last else {
      throw InputError(.noPassword, "cannot ask for the password: \(SystemError.current)")
    }
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      // A full pipe must not stop a signal handler.
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    readingEnd = reading
    writingEnd = writing
  }

  deinit {
    close(readingEnd)
    close(writingEnd)
  }

  /// Sends a signal's number; 0 stands for a cancellation.
  func send(_ number: UInt8) {
    var byte = number
    _ = write(writingEnd, &byte, 1)
  }

  /// Runs `work`; a cancellation of the task meanwhile is sent as 0.
  func sendingCancellation<Success: Sendable>(
    _ work: () async throws(InputError) -> Success
  ) async throws(InputError) -> Success {
    let result: Result<Success, InputError> = await withTaskCancellationHandler {
      do throws(InputError) {
        return .success(try await work())
      } catch {
        return .failure(error)
      }
    } onCancel: {
      send(0)
    }
    return try result.get()
  }

  /// Waits until `descriptor` can be read, which gives `nil`, or until something is sent, which gives it.
  func wait(orFor descriptor: Int32) throws(SystemError) -> Int32? {
    var watched = [
      pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: readingEnd, events: Int16(POLLIN), revents: 0),
    ]
    while poll(&watched, 2, -1) < 0 {
      guard errno == EINTR else { throw SystemError.current }
    }
    return received()
  }

  /// What was sent and not yet received, without waiting.
  func received() -> Int32? {
    var byte: UInt8 = 0
    return read(readingEnd, &byte, 1) == 1 ? Int32(byte) : nil
  }
}
