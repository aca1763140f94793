/// What `sysctl` gives for `KERN_PROCARGS2`: the number of arguments as 32 bits in the machine's order, the path of
/// the executable, NULs up to a word's end, then the arguments and the environment, each ended by a NUL.
package enum DarwinArguments {
  /// The arguments alone; `nil` where the bytes end too early for a count.
  ///
  /// Fewer than announced are given where the bytes end before them.
  package static func parse(_ bytes: ArraySlice<UInt8>) -> [String]? {
    guard bytes.count >= 4 else { return nil }
    let announced = bytes.prefix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    guard let count = Int32(exactly: announced) else { return nil }
    var rest = bytes.dropFirst(4).drop { $0 != 0 }.drop { $0 == 0 }
    var arguments: [String] = []
    while arguments.count < count, !rest.isEmpty {
      let argument = rest.prefix { $0 != 0 }
      arguments.append(ByteText.string(argument))
      rest = rest.dropFirst(argument.count + 1)
    }
    return arguments
  }
}
