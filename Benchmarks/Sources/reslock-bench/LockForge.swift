import Foundation
import ResticCrypto

/// Seals lock files as restic does, with the master key that restic itself printed.
struct LockForge {
  private let key: SealingKey

  /// `masterKey` is what `restic cat masterkey` prints.
  init(masterKey: String) throws {
    struct Printed: Decodable {
      struct MAC: Decodable {
        let k: Data
        let r: Data
      }
      let mac: MAC
      let encrypt: Data
    }
    let printed = try JSONDecoder().decode(Printed.self, from: Data(masterKey.utf8))
    guard
      let key = SealingKey(
        encrypt: SecretBytes(copying: Array(printed.encrypt)), k: SecretBytes(copying: Array(printed.mac.k)),
        r: SecretBytes(copying: Array(printed.mac.r)))
    else { throw BenchmarkFailure(description: "restic printed a master key that is not one") }
    self.key = key
  }

  /// Writes shared locks of many hosts, the youngest an hour old unless said otherwise, their file times those of the
  /// locks.
  func writeExpiredLocks(count: Int, into locksFolder: String, youngestSeconds: Double = 3600) throws {
    let formatter = ISO8601DateFormatter()
    for index in 0..<count {
      let date = Date(timeIntervalSinceNow: -youngestSeconds - Double(index))
      let json = """
        {"time":"\(formatter.string(from: date))","exclusive":false,"hostname":"host\(index % 100).example.org",\
        "username":"backup","pid":\(1000 + index),"uid":1000,"gid":1000}
        """
      // Counting is enough of a nonce here: each repository is thrown away with its key.
      let nonce = withUnsafeBytes(of: UInt64(index + 1).bigEndian) { [UInt8](repeating: 0, count: 8) + $0 }
      guard let sealed = key.seal(Array(json.utf8), nonce: nonce) else {
        throw BenchmarkFailure(description: "cannot seal a lock")
      }
      let path = locksFolder + "/" + SHA256.hex(sealed)
      try Data(sealed).write(to: URL(fileURLWithPath: path))
      try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: path)
    }
  }

  /// Writes snapshots of many hosts, an hour apart, that name no data.
  func writeSnapshots(count: Int, into snapshotsFolder: String) throws {
    let formatter = ISO8601DateFormatter()
    for index in 0..<count {
      let time = formatter.string(from: Date(timeIntervalSinceNow: -3600 * Double(index + 1)))
      let json = """
        {"time":"\(time)","tree":"\(String(repeating: "0", count: 64))","paths":["/srv","/etc"],\
        "hostname":"host\(index % 100).example.org","username":"backup","program_version":"restic 0.19.1",\
        "summary":{"backup_start":"\(time)","backup_end":"\(time)"}}
        """
      // Counting on from far above the locks' nonces.
      let nonce = withUnsafeBytes(of: UInt64(1 << 40 + index).bigEndian) {
        [UInt8](repeating: 0, count: 8) + $0
      }
      guard let sealed = key.seal(Array(json.utf8), nonce: nonce) else {
        throw BenchmarkFailure(description: "cannot seal a snapshot")
      }
      try Data(sealed).write(to: URL(fileURLWithPath: snapshotsFolder + "/" + SHA256.hex(sealed)))
    }
  }
}
