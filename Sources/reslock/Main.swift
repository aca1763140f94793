internal import ReslockCommands

@main
enum Main {
  static func main() async { await runReslock() }
}
