#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Runs the tasks of one look on a thread of its own.
///
/// A file system that answers no more keeps a thread for good. Were it one of the concurrency runtime's, which has one
/// a core, a few such repositories would stop the looks at all others.
final class LookExecutor: TaskExecutor, @unchecked Sendable {
  // Everything below is touched with the mutex held only.
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var jobs: [UnownedJob] = []
  private var hasThread = false
  private var isClosed = false

  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    pthread_mutex_lock(mutex)
    jobs.append(job)
    let needsThread = !hasThread
    hasThread = true
    if !needsThread { pthread_cond_signal(condition) }
    pthread_mutex_unlock(mutex)
    if needsThread { startThread() }
  }

  /// Nothing more is to come, unless it is the remainder of what was cancelled.
  func close() {
    pthread_mutex_lock(mutex)
    isClosed = true
    pthread_cond_signal(condition)
    pthread_mutex_unlock(mutex)
  }

  private func startThread() {
    if !LookThreads.shared.run(self) {
      // Better slowly on this thread than never.
      work(untilIdle: true)
    }
  }

  /// Runs what there is until nothing more is to come.
  fileprivate func work(untilIdle: Bool = false) {
    pthread_mutex_lock(mutex)
    while true {
      while jobs.isEmpty, !isClosed, !untilIdle { pthread_cond_wait(condition, mutex) }
      guard !jobs.isEmpty else { break }
      let job = jobs.removeFirst()
      pthread_mutex_unlock(mutex)
      job.runSynchronously(on: asUnownedTaskExecutor())
      pthread_mutex_lock(mutex)
    }
    hasThread = false
    pthread_mutex_unlock(mutex)
  }
}

/// The threads of looks: one that has done its look takes the next, and one that hangs is never waited for.
private final class LookThreads: @unchecked Sendable {
  static let shared = LookThreads()

  // Everything below is touched with the mutex held only.
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var waiting: [LookExecutor] = []
  private var idleCount = 0

  private init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  /// Gives a look a thread of its own; `false` where the system has none to give.
  func run(_ look: LookExecutor) -> Bool {
    pthread_mutex_lock(mutex)
    let hasIdle = idleCount > waiting.count
    if hasIdle {
      waiting.append(look)
      pthread_cond_signal(condition)
    }
    pthread_mutex_unlock(mutex)
    return hasIdle || start(look)
  }

  private func start(_ look: LookExecutor) -> Bool {
    let box = Unmanaged.passRetained(look)
    #if canImport(Glibc)
      var thread = pthread_t()
      let body: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { pointer in
        pointer.map { LookThreads.shared.work(Unmanaged<LookExecutor>.fromOpaque($0).takeRetainedValue()) }
        return nil
      }
    #else
      var thread: pthread_t?
      let body: @convention(c) (UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? = { pointer in
        LookThreads.shared.work(Unmanaged<LookExecutor>.fromOpaque(pointer).takeRetainedValue())
        return nil
      }
    #endif
    guard pthread_create(&thread, nil, body, box.toOpaque()) == 0 else {
      box.release()
      return false
    }
    #if canImport(Glibc)
      pthread_detach(thread)
    #else
      if let thread { pthread_detach(thread) }
    #endif
    return true
  }

  private func work(_ first: LookExecutor) {
    var look = first
    while true {
      look.work()
      pthread_mutex_lock(mutex)
      idleCount += 1
      while waiting.isEmpty { pthread_cond_wait(condition, mutex) }
      idleCount -= 1
      look = waiting.removeFirst()
      pthread_mutex_unlock(mutex)
    }
  }
}
