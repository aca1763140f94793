#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A small SFTP server over a handful of files in memory that behaves badly in one way.
struct Server {
  struct File {
    var content: [UInt8]
    var permissions: UInt32 = 0o100600
  }

  let mode: String
  var files: [String: File]
  var folders: Set<String> = ["/r", "/r/locks", "/r/keys", "/r/snapshots"]
  var handles: [[UInt8]: Handle] = [:]
  var nextHandle: UInt32 = 0

  struct Handle {
    let path: String
    var names: [String]
  }

  static let lock = String(repeating: "5a", count: 32)

  init(mode: String) {
    self.mode = mode
    files = ["/r/config": File(content: [1, 2, 3]), "/r/locks/\(Self.lock)": File(content: [4, 5, 6, 7])]
    if mode == "windows" || mode == "windows-stubborn" {
      files["/r/locks/\(Self.lock)"]?.permissions = 0o100444
    }
  }

  mutating func run() {
    while var packet = Stream.receive() {
      let type = packet.take8()
      guard type != 1 else {
        greet()
        continue
      }
      let id = packet.take32()
      if misbehave(type, id) { continue }
      answer(type, id, &packet)
    }
  }

  private func greet() {
    var packet = Packet()
    packet.put8(2)
    packet.put32(mode == "version-6" ? 6 : 3)
    if mode != "plain", mode != "overwriting" {
      packet.putText("hardlink@openssh.com")
      packet.putText("1")
      packet.putText("fsync@openssh.com")
      packet.putText("1")
    }
    Stream.send(packet)
    if mode == "unasked" { status(77, 0) }
  }

  /// What this mode does instead of an answer; false where it answers as a server should.
  private mutating func misbehave(_ type: UInt8, _ id: UInt32) -> Bool {
    switch (mode, type) {
    case ("mute", _): return true
    case ("huge", _):
      Stream.write([0xff, 0xff, 0xff, 0xff, 101, 0, 0, 0, 1])
      return true
    case ("empty-packet", _):
      Stream.write([0, 0, 0, 0])
      return true
    case ("cut", _):
      Stream.write([0, 0, 0, 100, 105, 0, 0])
      exit(0)
    case ("drip", _):
      Stream.write([0, 0, 0, 200, 105])
      while true {
        Stream.write([0])
        usleep(300_000)
      }
    case ("wrong-id", _):
      status(id &+ 1000, 0)
      return true
    case ("short", _):
      var packet = Packet()
      packet.put8(101)
      packet.put32(id)
      packet.put8(0)
      Stream.send(packet)
      return true
    case ("unknown-type", _):
      var packet = Packet()
      packet.put8(99)
      packet.put32(id)
      Stream.send(packet)
      return true
    case ("wrong-answer", _):
      var packet = Packet()
      packet.put8(103)
      packet.put32(id)
      packet.putText("x")
      Stream.send(packet)
      return true
    case ("ok-for-everything", _):
      status(id, 0)
      return true
    case ("denied", _):
      status(id, 3)
      return true
    case ("dying", 11), ("dying", 7), ("dying", 17): exit(1)
    case ("endless", 12):
      names(id, (0..<50).map { _ in String(UInt64.random(in: 0...UInt64.max), radix: 16) })
      return true
    case ("endless-empty", 12):
      names(id, [])
      return true
    case ("lying-count", 12):
      var packet = Packet()
      packet.put8(104)
      packet.put32(id)
      packet.put32(0xffff_ffff)
      Stream.send(packet)
      return true
    case ("long-handle", 11), ("long-handle", 3):
      var packet = Packet()
      packet.put8(102)
      packet.put32(id)
      packet.putText([UInt8](repeating: 1, count: 257))
      Stream.send(packet)
      return true
    case ("endless-data", 5), ("too-much-data", 5), ("no-data", 5):
      var packet = Packet()
      packet.put8(103)
      packet.put32(id)
      packet.putText(
        [UInt8](repeating: 7, count: mode == "no-data" ? 0 : mode == "endless-data" ? 1 : 40_000))
      Stream.send(packet)
      return true
    default: return false
    }
  }

  private mutating func answer(_ type: UInt8, _ id: UInt32, _ packet: inout Packet) {
    switch type {
    case 3: open(id, &packet)
    case 4:
      handles[packet.takeBytes()] = nil
      status(id, 0)
    case 5: read(id, &packet)
    case 6: write(id, &packet)
    case 7, 17: attributes(id, packet.takeText())
    case 9:
      let path = packet.takeText()
      guard files[path] != nil else { return status(id, 2) }
      if let permissions = packet.takePermissions() {
        files[path]?.permissions = 0o100000 | permissions & 0o7777
      }
      status(id, 0)
    case 10:
      guard let path = handles[packet.takeBytes()]?.path else { return status(id, 4) }
      if let permissions = packet.takePermissions() {
        files[path]?.permissions = 0o100000 | permissions & 0o7777
      }
      status(id, 0)
    case 11:
      let path = packet.takeText()
      guard folders.contains(path) else { return status(id, 2) }
      let below = path + "/"
      var names = files.keys.filter { $0.hasPrefix(below) }.map { String($0.dropFirst(below.count)) }
      if mode == "slashes" { names += ["../../config", "a/b", "", "/etc/passwd", "x\0y"] }
      handle(id, Handle(path: path, names: [".", ".."] + names))
    case 12:
      let key = packet.takeBytes()
      guard let handle = handles[key] else { return status(id, 4) }
      guard !handle.names.isEmpty else { return status(id, 1) }
      handles[key]?.names = []
      names(id, handle.names, in: handle.path)
    case 13: remove(id, packet.takeText())
    case 18: rename(id, from: packet.takeText(), to: packet.takeText(), overwrites: mode == "overwriting")
    case 200:
      switch packet.takeText() {
      case "hardlink@openssh.com":
        if mode == "no-links" { return status(id, 4) }
        let (from, to) = (packet.takeText(), packet.takeText())
        guard let file = files[from] else { return status(id, 2) }
        guard files[to] == nil else { return status(id, 4) }
        files[to] = file
        status(id, 0)
      case "fsync@openssh.com": status(id, mode == "no-space" ? 4 : 0)
      default: status(id, 8)
      }
    default: status(id, 8)
    }
  }

  private mutating func open(_ id: UInt32, _ packet: inout Packet) {
    let path = packet.takeText()
    let flags = packet.take32()
    if flags & 8 != 0 {
      guard files[path] == nil else { return status(id, 4) }
      files[path] = File(content: [])
    } else if files[path] == nil {
      return status(id, 2)
    }
    handle(id, Handle(path: path, names: []))
  }

  private func read(_ id: UInt32, _ packet: inout Packet) {
    guard let handle = handles[packet.takeBytes()], let file = files[handle.path] else {
      return status(id, 4)
    }
    let (offset, count) = (packet.take64(), packet.take32())
    guard offset < file.content.count else { return status(id, 1) }
    // Small pieces, as a server may give them.
    let piece = file.content.dropFirst(Int(offset)).prefix(mode == "pieces" ? 1 : Int(count))
    var answer = Packet()
    answer.put8(103)
    answer.put32(id)
    answer.putText(Array(piece))
    Stream.send(answer)
  }

  private mutating func write(_ id: UInt32, _ packet: inout Packet) {
    guard let handle = handles[packet.takeBytes()] else { return status(id, 4) }
    let offset = Int(packet.take64())
    guard files[handle.path]?.content.count == offset else { return status(id, 4) }
    files[handle.path]?.content += packet.takeBytes()
    status(id, 0)
  }

  private mutating func remove(_ id: UInt32, _ path: String) {
    guard let file = files[path] else { return status(id, 2) }
    if mode == "windows-stubborn" || (mode == "windows" && file.permissions & 0o200 == 0) {
      return status(id, 3)
    }
    files[path] = nil
    status(id, 0)
  }

  private mutating func rename(_ id: UInt32, from: String, to: String, overwrites: Bool) {
    guard let file = files[from] else { return status(id, 2) }
    guard overwrites || files[to] == nil else { return status(id, 4) }
    files[from] = nil
    files[to] = file
    status(id, 0)
  }

  private func attributes(_ id: UInt32, _ path: String) {
    var packet = Packet()
    packet.put8(105)
    packet.put32(id)
    if let file = files[path] {
      put(file, to: &packet)
    } else if folders.contains(path) {
      packet.put32(4)
      packet.put32(0o040700)
    } else {
      return status(id, 2)
    }
    Stream.send(packet)
  }

  private func put(_ file: File, to packet: inout Packet) {
    packet.put32(mode == "extended" ? 0x8000_000d : 0x0d)
    packet.put64(UInt64(file.content.count))
    packet.put32(file.permissions)
    packet.put32(1_700_000_000)
    packet.put32(1_700_000_001)
    guard mode == "extended" else { return }
    packet.put32(1)
    packet.putText("vendor@example.com")
    packet.putText("x")
  }

  private func names(_ id: UInt32, _ names: [String], in folder: String = "") {
    var packet = Packet()
    packet.put8(104)
    packet.put32(id)
    packet.put32(UInt32(names.count))
    for name in names {
      packet.putText(name)
      packet.putText("-rw------- \(name)")
      if mode == "bare-names" {
        packet.put32(0)
      } else if name == "." || name == ".." {
        packet.put32(4)
        packet.put32(0o040700)
      } else {
        put(files["\(folder)/\(name)"] ?? File(content: []), to: &packet)
      }
    }
    Stream.send(packet)
  }

  private mutating func handle(_ id: UInt32, _ handle: Handle) {
    nextHandle += 1
    var name = Packet()
    name.put32(nextHandle)
    handles[name.bytes] = handle
    var packet = Packet()
    packet.put8(102)
    packet.put32(id)
    packet.putText(name.bytes)
    Stream.send(packet)
  }

  private func status(_ id: UInt32, _ code: UInt32) {
    var packet = Packet()
    packet.put8(101)
    packet.put32(id)
    packet.put32(code)
    if mode != "terse" {
      packet.putText("as you like")
      packet.putText("en")
    }
    Stream.send(packet)
  }
}
