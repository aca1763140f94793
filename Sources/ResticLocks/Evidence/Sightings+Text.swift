internal import ResticCrypto

extension Sightings {
  private static let header = "reslock sightings 1"
  /// A record of more files is not kept, as a part of it would make the rest look new.
  package static let entryLimit = 100_000
  private static let lineageWord = "lineage"

  /// The record as it is kept in the state folder: a line a file, `-` for what is not known.
  ///
  ///     reslock sightings 1
  ///     <boot ID> <listed at>
  ///     <name or name#mark> <first seen> <absent at> <refresh seen at> <lineage mark>
  ///     lineage <lineage mark> <first seen> <last seen>
  ///     sum <16 digits of the SHA-256 of all before>
  package var text: String {
    var text = Array("\(Self.header)\n\(bootID) \(listedAtSeconds)\n".utf8)
    text.reserveCapacity(text.count + entries.count * 128)
    for (key, sighting) in entries.sorted(by: { $0.key < $1.key }) {
      text += key.utf8
      let fields = [
        String(sighting.firstSeenSeconds), Self.number(sighting.absentAtSeconds),
        Self.number(sighting.refreshSeenAtSeconds), sighting.lineageMark ?? "-",
      ]
      for field in fields {
        text.append(UInt8(ascii: " "))
        text += field.utf8
      }
      text.append(UInt8(ascii: "\n"))
    }
    for (mark, lineage) in lineages.sorted(by: { $0.key < $1.key }) {
      text += "\(Self.lineageWord) \(mark) \(lineage.firstSeenSeconds) \(lineage.lastSeenSeconds)\n".utf8
    }
    text += Self.sumLine(of: text).utf8
    return String(decoding: text, as: UTF8.self)
  }

  /// Guards against damage, where one wrong digit could prove a silence that never was.
  private static func sumLine(of body: [UInt8]) -> String { "sum \(SHA256.hex(body).prefix(16))\n" }

  /// `nil` for anything that is not such a record in every line: a damaged one is as good as none.
  package init?(text: String) {
    let sumLine = text.utf8.suffix(Self.sumLine(of: []).utf8.count)
    let body = Array(text.utf8.dropLast(sumLine.count))
    guard Self.sumLine(of: body).utf8.elementsEqual(sumLine) else { return nil }
    // Split as bytes: as characters, ten thousand lines would take longer than deriving the key.
    let lines = body.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    guard lines.count >= 3, lines.count <= 2 * Self.entryLimit + 3, lines[0].elementsEqual(Self.header.utf8),
      lines.last?.isEmpty == true
    else { return nil }
    // The ID of a boot seen from a time namespace holds a blank.
    guard let blank = lines[1].lastIndex(of: UInt8(ascii: " ")), blank > lines[1].startIndex,
      let listed = Self.seconds(lines[1][(blank + 1)...])
    else { return nil }
    self.init(bootID: String(decoding: lines[1][..<blank], as: UTF8.self), listedAtSeconds: listed)
    entries.reserveCapacity(lines.count)
    for line in lines[2..<(lines.count - 1)] {
      let fields = line.split(separator: UInt8(ascii: " "))
      if fields.count == 4, fields[0].elementsEqual(Self.lineageWord.utf8) {
        guard let first = Self.seconds(fields[2]), let last = Self.seconds(fields[3]) else { return nil }
        lineages[String(decoding: fields[1], as: UTF8.self)] = LineageSighting(
          firstSeenSeconds: first, lastSeenSeconds: last)
        continue
      }
      guard fields.count == 5, let firstSeen = Self.seconds(fields[1]) else { return nil }
      let absentAt = Self.seconds(fields[2])
      let refreshSeenAt = Self.seconds(fields[3])
      guard Self.isNone(fields[2]) || absentAt != nil, Self.isNone(fields[3]) || refreshSeenAt != nil else {
        return nil
      }
      entries[String(decoding: fields[0], as: UTF8.self)] = Sighting(
        firstSeenSeconds: firstSeen, absentAtSeconds: absentAt, refreshSeenAtSeconds: refreshSeenAt,
        lineageMark: Self.isNone(fields[4]) ? nil : String(decoding: fields[4], as: UTF8.self))
    }
  }

  private static func isNone(_ field: ArraySlice<UInt8>) -> Bool { field.elementsEqual("-".utf8) }

  private static func number(_ value: Double?) -> String { value.map { String($0) } ?? "-" }

  private static func seconds(_ text: ArraySlice<UInt8>) -> Double? {
    guard let value = Double(String(decoding: text, as: UTF8.self)), value.isFinite, value >= 0 else {
      return nil
    }
    return value
  }
}
