/// A parser of bytes from outside, with what must hold whatever the bytes are; breaking it traps.
///
/// `make fuzz` feeds it with libFuzzer, `make test` with its seeds in `Fixtures/fuzz/NAME` and mutations of them.
package struct FuzzTarget: Sendable {
  /// Also the name of the folder of its seeds.
  package let name: String
  package let run: @Sendable ([UInt8]) -> Void

  package init(_ name: String, run: @escaping @Sendable ([UInt8]) -> Void) {
    self.name = name
    self.run = run
  }

  package static let all: [FuzzTarget] =
    formatTargets + storageTargets + inputTargets + hostTargets + lockTargets + auditTargets + logTargets
    + catalogTargets + serverTargets

  package static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }
}
