/// A line without what loggers, containers and services put around a program's own words.
struct DecodedLine {
  var time: LineTime?
  /// Which stream of lines this is part of, where a log holds several: container, service and process.
  var source = ""
  /// The exit code that restic's own JSON names.
  var exitCode: Int64?
  /// The program's words, a line each.
  var lines: [ArraySlice<UInt8>] = []
}

/// Takes off prefixes and unwraps JSON, in whatever order a log has them.
enum LogLineDecoder {
  private static let layerLimit = 12
  private static let escapeLayerLimit = 4

  static func decode(_ bytes: [UInt8]) -> DecodedLine {
    var decoded = DecodedLine()
    var text = TextEscapes.withoutTerminalCodes(bytes)[...].trimmed
    var layers = 0
    while layers < layerLimit, takePrefix(&text, &decoded) { layers += 1 }
    var unwrapped = text
    for _ in 0..<escapeLayerLimit where hasEscapedLines(unwrapped) {
      unwrapped = TextEscapes.withoutJSONEscapes(unwrapped)[...]
    }
    decoded.lines = unwrapped.split { $0 == 0x0a || $0 == 0x0d }
    return decoded
  }

  /// Only what can't be a part of somebody's name counts: `CORP\nina` is a user of Windows.
  private static func hasEscapedLines(_ text: ArraySlice<UInt8>) -> Bool {
    text.contains(UInt8(ascii: "\\"))
      && (text.contains(#"\""#) || text.contains(#"\nlock was created at"#) || text.contains(#"\nstorage ID"#)
        || text.contains(#"\nthe `unlock"#) || text.contains(#"\u003clock/"#))
  }

  /// Takes one prefix or one layer of JSON off; `false` where there is none.
  private static func takePrefix(_ text: inout ArraySlice<UInt8>, _ decoded: inout DecodedLine) -> Bool {
    text = text.drop(while: isBlank)
    if text.first == UInt8(ascii: "{") { return unwrapJSON(&text, &decoded) }
    if decoded.time == nil, let time = LogTimeParser.take(&text) {
      decoded.time = time
      takeSender(&text, time, &decoded)
      return true
    }
    return takeContainerName(&text, &decoded) || takeBrackets(&text, &decoded) || takePriority(&text)
      || takeLevel(&text)
  }

  /// `host tag[pid]: `, `stderr F `: what follows a time in syslog and in the logs of Kubernetes.
  private static func takeSender(
    _ text: inout ArraySlice<UInt8>, _ time: LineTime, _ decoded: inout DecodedLine
  ) {
    var rest = text.drop(while: isBlank)
    for stream: StaticString in ["stdout F ", "stderr F ", "stdout P ", "stderr P "]
    where rest.hasPrefix(stream) {
      text = rest.dropFirst(stream.utf8CodeUnitCount)
      return
    }
    let host = rest.prefix(256).prefix { !isBlank($0) }
    guard !host.isEmpty, !host.contains(UInt8(ascii: ":")) || host.contains(UInt8(ascii: ".")) else { return }
    rest = rest[host.endIndex...].drop(while: isBlank)
    let tag = rest.prefix(128).prefix { !isBlank($0) }
    guard tag.last == UInt8(ascii: ":") else { return }
    let name = tag.dropLast()
    var isSyslog = false
    if case .withoutYear = time { isSyslog = true }
    guard name.last == UInt8(ascii: "]") || isSyslog else { return }
    decoded.source = "\(host.text()) \(name.text())"
    text = rest[tag.endIndex...]
  }

  /// `backup-1  | `: the name that docker compose puts before each line.
  private static func takeContainerName(_ text: inout ArraySlice<UInt8>, _ decoded: inout DecodedLine) -> Bool
  {
    let name = text.prefix(128).prefix {
      isLetter($0) || isDecimal($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
        || $0 == UInt8(ascii: ".")
    }
    guard !name.isEmpty else { return false }
    var rest = text[name.endIndex...].drop(while: isBlank)
    guard rest.take(UInt8(ascii: "|")) else { return false }
    decoded.source = name.text()
    text = rest
    return true
  }

  /// `[restic] `, `[pod/backup-1/restic] `, `[2026-06-04 19:59:55 +0200] `.
  private static func takeBrackets(_ text: inout ArraySlice<UInt8>, _ decoded: inout DecodedLine) -> Bool {
    var rest = text
    guard rest.take(UInt8(ascii: "[")) else { return false }
    let content = rest.prefix(160).prefix { $0 != UInt8(ascii: "]") }
    rest = rest[content.endIndex...]
    guard rest.take(UInt8(ascii: "]")) else { return false }
    var inside = content
    if decoded.time == nil, let time = LogTimeParser.take(&inside) { decoded.time = time }
    if content.hasPrefix("pod/") { decoded.source = content.text() }
    text = rest
    return true
  }

  /// `<14>` of syslog, with the version behind it; `time="` of logfmt.
  private static func takePriority(_ text: inout ArraySlice<UInt8>) -> Bool {
    if text.take(#"time=""#) { return true }
    var rest = text
    guard rest.take(UInt8(ascii: "<")), rest.takeNumber(1...3) != nil, rest.take(UInt8(ascii: ">")) else {
      return false
    }
    _ = rest.take("1 ")
    text = rest
    return true
  }

  private static func takeLevel(_ text: inout ArraySlice<UInt8>) -> Bool {
    for level: StaticString in ["DEBUG", "INFO", "WARN", "ERROR", "debug", "info", "warn", "error"] {
      var rest = text
      if rest.take(level), let next = rest.first, isBlank(next) {
        text = rest
        return true
      }
    }
    return false
  }

  private static func unwrapJSON(_ text: inout ArraySlice<UInt8>, _ decoded: inout DecodedLine) -> Bool {
    guard let object = FlatJSON(text) else { return false }
    if let type = object.text("message_type") {
      guard type == "exit_error", let message = object.bytes("message") else { return false }
      decoded.exitCode = object.text("code").flatMap { Int64($0) }
      text = message[...]
      return true
    }
    if decoded.time == nil { decoded.time = time(of: object) }
    if let identifier = object.text("SYSLOG_IDENTIFIER") ?? object.text("_COMM") {
      let pid = object.text("_PID").map { "[\($0)]" } ?? ""
      decoded.source = "\(object.text("_HOSTNAME") ?? "") \(identifier)\(pid)"
    } else if let unit = object.text("_SYSTEMD_UNIT") ?? object.text("CONTAINER_NAME") {
      decoded.source = unit
    }
    if let message = object.bytes("MESSAGE") ?? object.bytes("log") {
      text = message[...]
      return true
    }
    // A task's name belongs before the error that ended it.
    let leading = ["task", "msg"]
    let words =
      leading.compactMap { object.bytes($0) }
      + object.members.compactMap { member in
        guard !leading.contains(where: { member.key.elementsEqual($0.utf8) }) else { return nil }
        switch member.value {
        case .string(let value): return value
        case .nested(let value): return Array(value)
        case .scalar: return nil
        }
      }
    guard !words.isEmpty else { return false }
    // The first two in one line, so that "task failed" stands beside the task.
    let head = words.prefix(2).map { $0.filter { $0 != 0x0a } }
    text = (Array(head.joined(separator: [0x20])) + [0x0a] + words.joined(separator: [0x0a]))[...]
    return !text.hasPrefix("{")
  }

  private static func time(of object: FlatJSON) -> LineTime? {
    if let text = object.text("__REALTIME_TIMESTAMP"), let micros = Int64(text), micros > 0 {
      return .full(
        LogTime(
          wallSeconds: micros / 1_000_000, nanoseconds: Int32(micros % 1_000_000) * 1000, offsetSeconds: 0))
    }
    for key in ["time", "ts", "timestamp", "@timestamp"] {
      guard let text = object.text(key) else { continue }
      var bytes = Array(text.utf8)[...]
      if let time = LogTimeParser.takeDate(&bytes) { return time }
      if let number = Double(text), let time = epochTime(number) { return .full(time) }
    }
    return nil
  }

  /// Seconds, or the thousandths of them that their size betrays.
  private static func epochTime(_ number: Double) -> LogTime? {
    guard number.isFinite, number > 1e8 else { return nil }
    var seconds = number
    while seconds > 1e11 { seconds /= 1000 }
    let whole = seconds.rounded(.down)
    return LogTime(
      wallSeconds: Int64(whole), nanoseconds: Int32(clamping: Int64((seconds - whole) * 1e9)),
      offsetSeconds: 0
    ).roundedToMilliseconds
  }
}
