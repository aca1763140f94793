internal import ResticCrypto
internal import ResticFormat

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
  /// The SHA-256 of the `config` that was last read at a location, for looks that find no lock and read none.
  package let lastConfig: @Sendable (_ location: String) -> String?
  /// Keeps that.
  package let note: @Sendable (_ configSHA256: String, _ location: String) -> Void

  package init(
    load: @escaping @Sendable (String) -> Sightings?, save: @escaping @Sendable (String, Sightings) -> Void,
    lastConfig: @escaping @Sendable (String) -> String? = { _ in nil },
    note: @escaping @Sendable (String, String) -> Void = { _, _ in }
  ) {
    self.load = load
    self.save = save
    self.lastConfig = lastConfig
    self.note = note
  }

  /// Keeps nothing.
  package static let none = SightingsStore(load: { _ in nil }, save: { _, _ in })

  /// One file a repository in `folder`, and one a location in `folder-locations`, which are made when they are needed;
  /// readable by their owner alone.
  package static func folder(_ folder: String) -> SightingsStore {
    @Sendable func file(of location: String) -> String {
      "\(folder)-locations/\(SHA256.hex(Array(location.utf8)))"
    }
    @Sendable func lastConfig(_ location: String) -> String? {
      guard let text = StateFile.read(file(of: location), byteLimit: 128), let id = ObjectID(hex: text) else {
        return nil
      }
      return id.hex
    }
    return SightingsStore(
      load: { name in
        guard let text = StateFile.read("\(folder)/\(name)", byteLimit: 32 << 20) else { return nil }
        return Sightings(text: text)
      },
      save: { name, sightings in
        guard StateFile.makeFolders(folder) else { return }
        if max(sightings.entries.count, sightings.lineages.count) <= Sightings.entryLimit {
          StateFile.replace("\(folder)/\(name)", with: sightings.text)
        } else {
          _ = unlink("\(folder)/\(name)")
        }
      },
      lastConfig: lastConfig,
      note: { name, location in
        guard lastConfig(location) != name, StateFile.makeFolders("\(folder)-locations") else { return }
        StateFile.replace(file(of: location), with: name)
      })
  }
}
