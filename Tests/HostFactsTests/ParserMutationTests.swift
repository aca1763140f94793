import HostFacts
import Testing

/// Parsers of kernel text must survive any bytes; a trap would end this test run.
@Suite struct ParserMutationTests {
  private static let samples: [String] = [
    "Name:\trestic\nState:\tS (sleeping)\nTgid:\t5\nPid:\t5\nPPid:\t1\nUid:\t0\t0\t0\t0\nNSpid:\t5\t3\nKthread:\t0\n",
    "77 (re st)ic) S 1 77 77 0 -1 4194304 100 0 0 0 1 2 0 0 20 0 9 0 123456 1000 200 18446744073709551615\n",
    "22 27 0:21 / /proc rw,relatime shared:5 - proc pr\\040oc rw,hidepid=invisible\n1 22 0:1 / /proc rw - proc p rw\n",
    "0::/system.slice/restic.service\n1:name=systemd:/docker/\(String(repeating: "a1", count: 32))\n",
    "\u{4}\0\0\0/bin/restic\0\0restic\0backup\0--tag\0x\0HOME=/\0",
    "root:x:0:0:root:/root:/bin/sh\nuser:x:1000:1000::/:/bin/sh\n",
  ]

  @Test("bytes changed, cut, doubled and inserted at random never trap", arguments: UInt64(0)..<6)
  func mutations(seed: UInt64) {
    var random = SplitMix(state: seed)
    for round in 0..<500 {
      var bytes = Array(Self.samples[round % Self.samples.count].utf8)
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        let position = Int.random(in: 0...bytes.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes.insert(.random(in: .min ... .max, using: &random), at: position)
        case 1: bytes = Array(bytes.prefix(position))
        case 2: bytes += bytes.suffix(position)
        default: if position < bytes.count { bytes[position] = .random(in: .min ... .max, using: &random) }
        }
      }
      parse(bytes)
    }
  }

  private func parse(_ bytes: [UInt8]) {
    // A slice that does not start at zero, as a careless index would expect.
    let slice = ([0] + bytes)[1...]
    if let record = StatusRecord(slice) { #expect(record.processID > 0 && record.threadGroupID > 0) }
    if let record = StatRecord(slice) { #expect((record.startTicks ?? 0) >= 0) }
    _ = MountInfo.topMount(at: "/proc", in: slice)?.superOption("hidepid")
    _ = ControlGroup(slice)
    _ = DarwinArguments.parse(slice)
    _ = HostIdentity.userName(of: 0, inPasswd: slice)
  }
}

private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
