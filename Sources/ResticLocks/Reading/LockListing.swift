package import ResticFormat
package import ResticStorage

/// What a listing of `locks/` holds, sorted by what the names are.
package struct LockListing: Sendable {
  /// Files whose name is that of a lock, one for each ID.
  package let locks: [FileEntry]
  /// Everything else: restic ignores it.
  package let strays: [FileEntry]
  /// Seconds since boot before the listing was asked for, and after it was there.
  package let askedAtSeconds: Double
  package let answeredAtSeconds: Double

  package init(_ entries: [FileEntry], askedAtSeconds: Double, answeredAtSeconds: Double) {
    var locks: [FileEntry] = []
    var strays: [FileEntry] = []
    lazy var names = Set(entries.map(\.name))
    var idsInCapitals: Set<ObjectID> = []
    for entry in entries.sorted(by: { $0.name < $1.name }) {
      let isLock =
        switch Self.id(of: entry) {
        case nil: false
        case let id? where entry.name == id.hex: entry.name != locks.last?.name
        // A name in capitals beside the real one would lend that one its file time.
        case let id?: !names.contains(id.hex) && idsInCapitals.insert(id).inserted
        }
      if isLock { locks.append(entry) } else { strays.append(entry) }
    }
    self.locks = locks
    self.strays = strays
    self.askedAtSeconds = askedAtSeconds
    self.answeredAtSeconds = answeredAtSeconds
  }

  /// The ID that restic takes a name for: it accepts upper-case digits too, and then looks for the lower-case name.
  package static func id(of entry: FileEntry) -> ObjectID? {
    ObjectID(hex: entry.name) ?? ObjectID(hex: entry.name.lowercased())
  }

  package var isEmpty: Bool { locks.isEmpty && strays.isEmpty }
  package var names: Set<String> { Set(locks.map(\.name)).union(strays.map(\.name)) }

  /// Both are in the order of their names.
  func hasSameNames(as other: LockListing) -> Bool {
    locks.elementsEqual(other.locks) { $0.name == $1.name }
      && strays.elementsEqual(other.strays) { $0.name == $1.name }
  }

  /// Something in it can be told only with the key.
  package var needsKey: Bool { locks.contains { $0.byteCount > 0 || $0.kind != .regular } }
}
