internal import ResticStorage
internal import StorageHTTP

extension FuzzTarget {
  /// What servers answer, from the listing of a folder to the past of a bucket.
  static let serverTargets: [FuzzTarget] =
    [
      FuzzTarget("rest-listing") { bytes in
        for type in ["application/json", RESTListing.version2] {
          let response = HTTPResponse(status: 200, headers: [("Content-Type", type)], body: bytes)
          guard let listing = try? RESTListing.parse(response, limit: 100, action: "list") else { continue }
          switch listing {
          case .names(let names): precondition(names.count <= 100, "more names than allowed")
          case .entries(let entries):
            precondition(entries.count <= 100, "more entries than allowed")
            checkSizes(entries)
          }
        }
      },
      listing("s3-listing") { S3Listing($0, prefix: prefix)?.page },
      listing("gs-listing") { GSListing.page($0, prefix: prefix) },
      listing("azure-listing") { AzureListing($0, prefix: prefix)?.page },
      listing("swift-listing") { bytes in
        let page = SwiftListing.page(bytes, prefix: prefix, after: position)
        precondition(page?.next != position, "a listing that goes round in circles")
        return page
      },
      versions("s3-versions") { S3VersionsListing.page($0, prefix: prefix) },
      versions("gs-versions") { GSVersionsListing.page($0, prefix: prefix) },
      versions("azure-versions") { AzureVersionsListing.page($0, prefix: prefix) },
      FuzzTarget("b2-listing") { _ = B2Listing($0) },
      FuzzTarget("b2-authorization") { _ = B2Authorization($0) },
      FuzzTarget("swift-catalog") { bytes in
        _ = SwiftCatalog(version2: bytes, region: "loop")
        _ = SwiftCatalog(version3: bytes, region: nil)
      },
    ]

  private static let prefix = "pre/locks/"
  private static let position = "pre/locks/0"

  private static func listing(_ name: String, _ parse: @escaping @Sendable ([UInt8]) -> BucketPage?)
    -> FuzzTarget
  {
    FuzzTarget(name) { bytes in
      guard let page = parse(bytes) else { return }
      checkSizes(page.entries)
    }
  }

  private static func versions(
    _ name: String, _ parse: @escaping @Sendable ([UInt8]) -> VersionsPage?
  ) -> FuzzTarget {
    FuzzTarget(name) { bytes in
      guard let page = parse(bytes) else { return }
      for version in page.versions {
        precondition(!version.name.contains("/"), "a name that leads out of its folder")
        precondition(version.byteCount >= 0, "a negative size")
      }
    }
  }

  private static func checkSizes(_ entries: [FileEntry]) {
    for entry in entries {
      precondition(
        !entry.name.isEmpty && entry.byteCount >= 0, "an entry without a name, or of a negative size")
    }
  }
}
