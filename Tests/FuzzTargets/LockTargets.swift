internal import ResticLocks

extension FuzzTarget {
  static let lockTargets: [FuzzTarget] = [
    FuzzTarget("sightings") { bytes in
      guard let sightings = Sightings(text: String(decoding: bytes, as: UTF8.self)) else { return }
      precondition(Sightings(text: sightings.text) == sightings, "written and read, it is another")
    }
  ]
}
