#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Where sightings are kept between runs.
package struct SightingsStore: Sendable {
  /// The sightings of the repository with this SHA-256 of its `config`; `nil` where there are none.
  package let load: @Sendable (_ configSHA256: String) -> Sightings?
  /// Keeps them; a failure costs later runs some evidence and is no error.
  package let save: @Sendable (_ configSHA256: String, Sightings) -> Void

  package init(
    load: @escaping @Sendable (String) -> Sightings?, save: @escaping @Sendable (String, Sightings) -> Void
  ) {
    self.load = load
    self.save = save
  }

  /// Keeps nothing.
  package static let none = SightingsStore(load: { _ in nil }, save: { _, _ in })

  /// One file a repository in `folder`, which is made when it is needed; readable by its owner alone.
  package static func folder(_ folder: String) -> SightingsStore {
    SightingsStore(
      load: { name in
        guard let text = StateFile.read("\(folder)/\(name)", byteLimit: 32 << 20) else { return nil }
        return Sightings(text: text)
      },
      save: { name, sightings in
        guard StateFile.makeFolders(folder) else { return }
        if sightings.entries.count <= Sightings.entryLimit {
          StateFile.replace("\(folder)/\(name)", with: sightings.text)
        } else {
          _ = unlink("\(folder)/\(name)")
        }
      })
  }
}
