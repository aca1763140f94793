#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif
internal import ProcessSupervision
internal import ReslockCommands

@main
enum Main {
  static func main() async {
    // Swift takes the arguments from /proc/self; without it there seem to be none, which would be a call for help.
    guard CommandLine.argc > 0 else {
      let message =
        "error: this program's arguments can't be read: /proc is not mounted, or shows other processes\n"
      _ = message.withCString { write(STDERR_FILENO, $0, strlen($0)) }
      exit(1)
    }
    let start = ProgramStart(CommandLine.arguments, signals: .atStart())
    exit(await runReslock(start))
  }
}
