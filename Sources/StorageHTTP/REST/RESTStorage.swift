package import ResticStorage

/// A repository behind a server that speaks restic's REST protocol (restic documentation, "REST Backend").
///
/// The protocol tells no file times. It stands on any transport: sockets, or a child's pipes.
package struct RESTStorage: Storage {
  package let displayName: String
  let transport: any HTTPTransport
  /// Begins and ends with a slash, percent-encoded.
  let basePath: String
  private let credentials: HTTPCredentials?
  private let clock: (@Sendable () -> Double?)?
  private let listingWidth: Int
  let layouts: LayoutFinder

  /// - Parameters:
  ///   - transport: leads to the server.
  ///   - displayName: the location, secrets hidden.
  ///   - basePath: the repository's path on the server; begins and ends with a slash, may be percent-encoded.
  ///   - credentials: sent with each request; a user with or without a password.
  ///   - clock: the server's clock minus ours in seconds; `nil` where the transport has no remote machine behind it.
  ///   - listingWidth: how many sizes are asked for at once where the server's listing has names only.
  ///   - layout: `nil` where the server shows folders of any name, so that either layout may be there.
  package init(
    _ transport: any HTTPTransport, displayName: String, basePath: String = "/",
    credentials: HTTPCredentials? = nil, clock: (@Sendable () -> Double?)? = nil, listingWidth: Int = 5,
    layout: RepositoryLayout? = .default
  ) {
    self.transport = transport
    self.displayName = displayName
    self.basePath = PercentEncoding.completed(basePath)
    self.clock = clock
    self.listingWidth = max(listingWidth, 1)
    layouts = LayoutFinder(layout)
    self.credentials = credentials
  }

  /// What every request begins with; made for each, so that no copy of a password stays.
  var headers: HTTPFields {
    HTTPFields(credentials.map { [(name: "Authorization", value: $0.basicAuthorization)] } ?? [])
  }

  package var clockOffsetSeconds: Double? { clock?() }

  /// Lists a folder; a server of the protocol's first version gives names only, and then costs a request for each.
  package func list(_ folder: RepositoryFolder, limit: Int) async throws(StorageError) -> [FileEntry] {
    try await layouts.list(folder, limit: limit, by: list)
  }

  /// The layout of a change, found out before it.
  func layout() async throws(StorageError) -> RepositoryLayout { try await layouts.layout(by: list) }

  private func list(_ folderName: String, limit: Int) async throws(StorageError) -> [FileEntry] {
    let action = "cannot list \(folderName)"
    var headers = headers
    headers.add("Accept", RESTListing.version2)
    let response = try await exchange(
      HTTPRequest(
        .get, "\(basePath)\(folderName)/", headers: headers,
        byteLimit: RESTListing.byteLimit(entries: limit)),
      isListing: true, action: action)
    let listing = try RESTListing.parse(response, limit: limit, action: action)
    switch listing {
    case .entries(let entries): return entries
    case .names(let names):
      return try await withSizes(names, in: folderName)
    }
  }

  package func stat(_ file: RepositoryFile) async throws(StorageError) -> FileEntry {
    let path = try await path(of: file, verb: "look at")
    let name = if case .entry(_, let name) = file { name } else { path }
    return try await stat(path, named: name)
  }

  private func stat(_ path: String, named name: String) async throws(StorageError) -> FileEntry {
    let action = "cannot look at \(path)"
    let response = try await exchange(HTTPRequest(.head, target(path), headers: headers), action: action)
    guard let byteCount = response.headers["Content-Length"].flatMap({ Int64($0) }), byteCount >= 0 else {
      throw StorageError(.permanent, action: action, reason: "the server does not tell its size")
    }
    return FileEntry(name: name, byteCount: byteCount, modified: nil)
  }

  package func read(_ file: RepositoryFile, byteLimit: Int) async throws(StorageError) -> [UInt8] {
    let path = try await path(of: file, verb: "read")
    return try await exchange(
      HTTPRequest(.get, target(path), headers: headers, byteLimit: byteLimit), action: "cannot read \(path)"
    ).body
  }

  /// Where a file below the repository's root is asked for.
  func target(_ path: String) -> String { basePath + PercentEncoding.encoded(path, keepsSlashes: true) }

  /// The path below the root; `.notFound` for names that no listing gives and that would lead out of the folder.
  private func path(of file: RepositoryFile, verb: String) async throws(StorageError) -> String {
    guard case .entry(let folder, let name) = file else { return RepositoryLayout.default.path(of: file) }
    // The listing that showed a lock has settled the layout, unless it is the usual one.
    let layout = folder == .locks ? layouts.known ?? .default : try await layout()
    let path = layout.path(of: file)
    guard ListedName.isUsable(name) else {
      throw StorageError(.notFound, action: "cannot \(verb) \(path)", reason: "no file has such a name")
    }
    return path
  }

  /// Asks for the size of each name; what vanishes meanwhile comes without size, as kind `.other`.
  private func withSizes(
    _ names: [String], in folderName: String
  ) async throws(StorageError) -> [FileEntry] {
    do {
      return try await withThrowingTaskGroup(of: (Int, FileEntry).self) { group in
        var entries = [FileEntry?](repeating: nil, count: names.count)
        var next = 0
        func addNext() {
          guard next < names.count else { return }
          let (index, name) = (next, names[next])
          next += 1
          group.addTask { (index, try await self.sized(name, in: folderName)) }
        }
        for _ in 0..<listingWidth { addNext() }
        while let (index, entry) = try await group.next() {
          entries[index] = entry
          addNext()
        }
        return entries.compactMap { $0 }
      }
    } catch let error as StorageError {
      throw error
    } catch {
      throw StorageError(.cancelled, action: "cannot list \(folderName)", reason: "\(error)")
    }
  }

  private func sized(_ name: String, in folderName: String) async throws(StorageError) -> FileEntry {
    let unknown = FileEntry(name: name, byteCount: 0, modified: nil, kind: .other)
    guard ListedName.isUsable(name) else { return unknown }
    do throws(StorageError) {
      return try await stat("\(folderName)/\(name)", named: name)
    } catch {
      guard error.kind == .notFound else { throw error }
      return unknown
    }
  }
}

/// The names of a listing, which anybody may have made up.
enum ListedName {
  /// False for what would lead out of its folder, or that no server can have.
  static func isUsable(_ name: String) -> Bool {
    !name.isEmpty && name != "." && name != ".." && !name.utf8.contains { $0 == 0 || $0 == UInt8(ascii: "/") }
  }
}
