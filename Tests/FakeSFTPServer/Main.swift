#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// `FakeSFTPServer MODE PIDFILE`: speaks SFTP over its standard streams as `MODE` has it.
@main struct Main {
  static func main() {
    let arguments = CommandLine.arguments
    guard arguments.count == 3 else { exit(64) }
    let file = open(arguments[2], O_WRONLY | O_CREAT | O_APPEND, 0o600)
    let line = Array("\(getpid())\n".utf8)
    _ = line.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
    switch arguments[1] {
    case "silent": while Stream.read(1) != nil {}
    case "deaf":
      // Neither the end of its input nor a polite signal ends it.
      signal(SIGTERM, SIG_IGN)
      while true { sleep(1000) }
    case "garbage":
      Stream.write((0..<1000).map { _ in UInt8.random(in: 0x80...0xff) })
      while Stream.read(1) != nil {}
    case "banner":
      Stream.write(Array("Welcome to example.com\nYou have mail.\n".utf8))
      while Stream.read(1) != nil {}
    case "flood":
      while true { Stream.write([UInt8](repeating: 0x00, count: 65536)) }
    case "exit-255": exit(255)
    case let mode:
      var server = Server(mode: mode)
      server.run()
    }
  }
}
