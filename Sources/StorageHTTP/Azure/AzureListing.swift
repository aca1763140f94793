internal import ResticStorage

/// One page of a container's listing (List Blobs, Azure REST reference); only blobs themselves, no snapshots or versions.
struct AzureListing {
  private(set) var page = ObjectPage()

  /// A thousand entries of the longest names, with all that is told of each.
  static let byteLimit = 16 << 20
  static let pageEntryCount = 1000

  /// `nil` for what is no listing.
  init?(_ body: [UInt8]) {
    var (name, size, time) = (String?.none, Int64(-1), String?.none)
    var (isListing, isSound, isOlderState) = (false, true, false)
    let isXML = XMLReader.forEach(body) { path, text in
      guard path.first == "EnumerationResults" else { return }
      switch path.dropFirst() {
      case ["Blobs", "Blob", "Name"]: name = text
      case ["Blobs", "Blob", "Properties", "Content-Length"]: size = Int64(text) ?? -1
      case ["Blobs", "Blob", "Properties", "Last-Modified"]: time = text
      case ["Blobs", "Blob", "Snapshot"], ["Blobs", "Blob", "Deleted"]:
        isOlderState = !text.isEmpty && text != "false"
      case ["NextMarker"]: if !text.isEmpty { page.next = text }
      default: break
      }
    } end: { path in
      switch path {
      case ["EnumerationResults"]: isListing = true
      case ["EnumerationResults", "Blobs", "Blob"]:
        if let name, size >= 0 {
          if !isOlderState {
            page.objects.append(
              (key: name, facts: ObjectFacts(byteCount: size, modified: time.flatMap(HTTPDate.parse))))
          }
        } else {
          isSound = false
        }
        (name, size, time, isOlderState) = (nil, -1, nil, false)
      default: break
      }
    }
    guard isXML, isListing, isSound else { return nil }
  }
}
