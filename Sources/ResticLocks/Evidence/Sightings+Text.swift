extension Sightings {
  private static let header = "reslock sightings 1"
  /// A record of more files is not kept, as a part of it would make the rest look new.
  package static let entryLimit = 100_000

  /// The record as it is kept in the state folder: a line a file, `-` for what is not known.
  ///
  ///     reslock sightings 1
  ///     boot 5b0c…  listed 4711.25
  ///     <name or name#mark> <first seen> <absent at> <refresh seen at> <lineage mark>
  package var text: String {
    var lines = [Self.header, "\(bootID) \(listedAtSeconds)"]
    for (key, sighting) in entries.sorted(by: { $0.key < $1.key }) {
      lines.append(
        [
          key, String(sighting.firstSeenSeconds), Self.number(sighting.absentAtSeconds),
          Self.number(sighting.refreshSeenAtSeconds), sighting.lineageMark ?? "-",
        ].joined(separator: " "))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// `nil` for anything that is not such a record in every line: a damaged one is as good as none.
  package init?(text: String) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.count >= 3, lines.count <= Self.entryLimit + 3, lines[0] == Self.header, lines.last == ""
    else {
      return nil
    }
    // The ID of a boot seen from a time namespace holds a blank.
    guard let blank = lines[1].lastIndex(of: " "), blank > lines[1].startIndex,
      let listed = Self.seconds(lines[1][lines[1].index(after: blank)...])
    else { return nil }
    self.init(bootID: String(lines[1][..<blank]), listedAtSeconds: listed)
    for line in lines[2..<(lines.count - 1)] {
      let fields = line.split(separator: " ")
      guard fields.count == 5, let firstSeen = Self.seconds(fields[1]) else { return nil }
      let absentAt = Self.seconds(fields[2])
      let refreshSeenAt = Self.seconds(fields[3])
      guard fields[2] == "-" || absentAt != nil, fields[3] == "-" || refreshSeenAt != nil else { return nil }
      entries[String(fields[0])] = Sighting(
        firstSeenSeconds: firstSeen, absentAtSeconds: absentAt, refreshSeenAtSeconds: refreshSeenAt,
        lineageMark: fields[4] == "-" ? nil : String(fields[4]))
    }
  }

  private static func number(_ value: Double?) -> String { value.map { String($0) } ?? "-" }

  private static func seconds(_ text: Substring) -> Double? {
    guard let value = Double(text), value.isFinite, value >= 0 else { return nil }
    return value
  }
}
