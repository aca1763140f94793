package import ResticStorage

/// A repository behind a server that speaks restic's REST protocol (restic documentation, "REST Backend").
///
/// The protocol tells no file times. It stands on any transport: sockets, or a child's pipes.
package struct RESTStorage: Storage {
  package let displayName: String
  let transport: any HTTPTransport
  /// Begins and ends with a slash, percent-encoded.
  let basePath: String
  let headers: HTTPFields
  private let clock: (@Sendable () -> Double?)?
  private let listingWidth: Int

  /// - Parameters:
  ///   - transport: leads to the server.
  ///   - displayName: the location, secrets hidden.
  ///   - basePath: the repository's path on the server; begins and ends with a slash, may be percent-encoded.
  ///   - credentials: sent with each request; a user with or without a password.
  ///   - clock: the server's clock minus ours in seconds; `nil` where the transport has no remote machine behind it.
  ///   - listingWidth: how many sizes are asked for at once where the server's listing has names only.
  package init(
    _ transport: any HTTPTransport, displayName: String, basePath: String = "/",
    credentials: HTTPCredentials? = nil, clock: (@Sendable () -> Double?)? = nil, listingWidth: Int = 5
  ) {
    self.transport = transport
    self.displayName = displayName
    self.basePath = PercentEncoding.completed(basePath)
    self.clock = clock
    self.listingWidth = max(listingWidth, 1)
    headers = HTTPFields(credentials.map { [(name: "Authorization", value: $0.basicAuthorization)] } ?? [])
  }

  package var clockOffsetSeconds: Double? { clock?() }

  /// Lists a folder; a server of the protocol's first version gives names only, and then costs a request for each.
  package func list(_ folder: RepositoryFolder, limit: Int) async throws(StorageError) -> [FileEntry] {
    let action = "cannot list \(folder.rawValue)"
    var headers = headers
    headers.add("Accept", RESTListing.version2)
    let response = try await exchange(
      HTTPRequest(
        .get, "\(basePath)\(folder.rawValue)/", headers: headers,
        byteLimit: RESTListing.byteLimit(entries: limit)),
      action: action)
    let listing = try RESTListing.parse(response, limit: limit, action: action)
    switch listing {
    case .entries(let entries): return entries
    case .names(let names):
      return try await withSizes(names, in: folder)
    }
  }

  package func stat(_ file: RepositoryFile) async throws(StorageError) -> FileEntry {
    let (target, name) = try place(of: file, verb: "look at")
    let action = "cannot look at \(RepositoryLayout.default.path(of: file))"
    let response = try await exchange(HTTPRequest(.head, target, headers: headers), action: action)
    guard let byteCount = response.headers["Content-Length"].flatMap({ Int64($0) }), byteCount >= 0 else {
      throw StorageError(.permanent, action: action, reason: "the server does not tell its size")
    }
    return FileEntry(name: name, byteCount: byteCount, modified: nil)
  }

  package func read(_ file: RepositoryFile, byteLimit: Int) async throws(StorageError) -> [UInt8] {
    let (target, _) = try place(of: file, verb: "read")
    return try await exchange(
      HTTPRequest(.get, target, headers: headers, byteLimit: byteLimit),
      action: "cannot read \(RepositoryLayout.default.path(of: file))"
    ).body
  }

  /// Where a file lies; `.notFound` for names that no listing gives and that would lead out of the folder.
  private func place(
    of file: RepositoryFile, verb: String
  ) throws(StorageError) -> (target: String, name: String) {
    guard case .entry(let folder, let name) = file else { return ("\(basePath)config", "config") }
    guard ListedName.isUsable(name) else {
      throw StorageError(
        .notFound, action: "cannot \(verb) \(RepositoryLayout.default.path(of: file))",
        reason: "no file has such a name")
    }
    return ("\(basePath)\(folder.rawValue)/\(PercentEncoding.encoded(name))", name)
  }

  /// Asks for the size of each name; what vanishes meanwhile comes without size, as kind `.other`.
  private func withSizes(
    _ names: [String], in folder: RepositoryFolder
  ) async throws(StorageError) -> [FileEntry] {
    do {
      return try await withThrowingTaskGroup(of: (Int, FileEntry).self) { group in
        var entries = [FileEntry?](repeating: nil, count: names.count)
        var next = 0
        func addNext() {
          guard next < names.count else { return }
          let (index, name) = (next, names[next])
          next += 1
          group.addTask { (index, try await self.sized(name, in: folder)) }
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
      throw StorageError(.cancelled, action: "cannot list \(folder.rawValue)", reason: "\(error)")
    }
  }

  private func sized(_ name: String, in folder: RepositoryFolder) async throws(StorageError) -> FileEntry {
    do throws(StorageError) {
      return try await stat(.entry(folder: folder, name: name))
    } catch {
      guard error.kind == .notFound else { throw error }
      return FileEntry(name: name, byteCount: 0, modified: nil, kind: .other)
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
