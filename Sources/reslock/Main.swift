#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif
internal import ReslockCommands

@main
enum Main {
  static func main() async {
    exit(await runReslock(Array(CommandLine.arguments.dropFirst())))
  }
}
