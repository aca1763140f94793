import FuzzTargets

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The target that FUZZ_TARGET names: one program for all, as each would take a build of its own.
private let target: FuzzTarget = {
  let name = getenv("FUZZ_TARGET").map { String(cString: $0) }
  guard let target = name.flatMap(FuzzTarget.named) else {
    let names = FuzzTarget.all.map(\.name).joined(separator: " ")
    fatalError("set FUZZ_TARGET to one of: \(names)")
  }
  return target
}()

/// What libFuzzer calls with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(data: UnsafePointer<UInt8>?, byteCount: Int) -> CInt {
  target.run(Array(UnsafeBufferPointer(start: data, count: byteCount)))
  return 0
}
