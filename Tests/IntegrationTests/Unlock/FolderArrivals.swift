#if os(Linux)
  import Foundation
  import Glibc

  /// The names that come into a folder, also those that are gone before anybody lists it (inotify(7)).
  final class FolderArrivals: Sendable {
    private static let bufferByteCount = 64 << 10
    private let descriptor: Int32

    init(_ folder: URL) throws {
      descriptor = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
      let mask = UInt32(IN_CREATE) | UInt32(IN_MOVED_TO)
      guard descriptor >= 0, inotify_add_watch(descriptor, folder.path, mask) >= 0 else {
        throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
      }
    }

    deinit { close(descriptor) }

    /// Those since the last call.
    func names() -> Set<String> {
      var names: Set<String> = []
      let headByteCount = MemoryLayout<inotify_event>.size
      var buffer = [UInt8](repeating: 0, count: Self.bufferByteCount)
      while true {
        let byteCount = read(descriptor, &buffer, buffer.count)
        guard byteCount > 0 else { return names }
        var offset = 0
        while offset + headByteCount <= byteCount {
          let head = buffer.withUnsafeBytes {
            $0.loadUnaligned(fromByteOffset: offset, as: inotify_event.self)
          }
          let start = offset + headByteCount
          offset = start + Int(head.len)
          names.insert(String(decoding: buffer[start..<offset].prefix { $0 != 0 }, as: UTF8.self))
        }
      }
    }
  }
#endif
