package import ArgumentParser

package struct Reslock: AsyncParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "reslock", abstract: "See, explain and clear the locks of restic repositories.",
    version: "0.1.0")
  package init() {}
}

/// The whole program: parses the process's arguments, runs the command and ends the process.
package func runReslock() async {
  await Reslock.main()
}
