internal import ResticStorage

/// One page of a container's listing (List Blobs, Azure REST reference); only blobs themselves, no snapshots or versions.
package struct AzureListing {
  package let page: BucketPage

  /// A thousand entries of the longest names, with all that is told of each.
  static let byteLimit = 16 << 20
  static let pageEntryCount = 1000

  /// `nil` for what is no listing; names outside of `prefix` make it none.
  package init?(_ body: [UInt8], prefix: String) {
    var (name, size, time) = (String?.none, Int64(-1), String?.none)
    var (isListing, isSound, isOlderState) = (false, true, false)
    var page = BucketPage()
    let isXML = XMLReader.forEach(body) { path, text in
      guard path.first == "EnumerationResults" else { return }
      switch path.dropFirst() {
      case ["Blobs", "Blob", "Name"]: name = text
      case ["Blobs", "Blob", "Properties", "Content-Length"]: size = Int64(text) ?? -1
      case ["Blobs", "Blob", "Properties", "Last-Modified"]: time = text
      case ["Blobs", "Blob", "Snapshot"], ["Blobs", "Blob", "Deleted"]:
        isOlderState = !text.isEmpty && text != "false"
      case ["Blobs", "BlobPrefix", "Name"]: name = text
      case ["NextMarker"]: if !text.isEmpty { page.next = text }
      default: break
      }
    } end: { path in
      switch path {
      case ["EnumerationResults"]: isListing = true
      case ["EnumerationResults", "Blobs", "Blob"]:
        if let name, size >= 0 {
          let modified = time.flatMap(HTTPDate.parse)
          let isOwn =
            isOlderState || page.add(name, under: prefix, byteCount: size, modified: modified)
          isSound = isSound && isOwn
        } else {
          isSound = false
        }
        (name, size, time, isOlderState) = (nil, -1, nil, false)
      case ["EnumerationResults", "Blobs", "BlobPrefix"]:
        let isOwn =
          name.map { page.add($0, under: prefix, byteCount: 0, modified: nil, isFolder: true) } ?? false
        isSound = isSound && isOwn
        name = nil
      default: break
      }
    }
    guard isXML, isListing, isSound else { return nil }
    self.page = page
  }
}
