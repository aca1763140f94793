internal import CYAML

/// YAML by libyaml's events, put together within bounds.
///
/// - Aliases and the merge key `<<` are put in place; what they bring counts as often as it appears.
/// - A key given twice is an error, as in Go's YAML 3, and so is a second document.
/// - Nothing is guessed about scalars: they stay text, told apart only by whether they were quoted.
enum YAMLDocument {
  static func parse(_ bytes: [UInt8]) throws(DocumentError) -> DocumentNode {
    let result: Result<DocumentNode, DocumentError> = bytes.withUnsafeBufferPointer { buffer in
      var composer = YAMLComposer()
      do throws(DocumentError) {
        return .success(try composer.compose(buffer))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }
}

private struct YAMLComposer {
  private enum Open {
    case sequence([DocumentNode])
    case mapping(Mapping)
  }

  private struct Mapping {
    private(set) var members: [DocumentNode.Member] = []
    /// The place of each member's key; kept only past the number up to which looking through them is quicker.
    private var places: [String: Int] = [:]
    /// Places of merged members; own ones take them over, whichever come first.
    private var mergedPlaces: Set<Int> = []
    /// The key that waits for its value.
    private(set) var key: (text: String, line: Int)?

    private static let scanLimit = 16

    private func place(of key: String) -> Int? {
      members.count <= Self.scanLimit ? members.firstIndex { $0.key == key } : places[key]
    }

    private mutating func append(_ member: DocumentNode.Member) {
      members.append(member)
      if members.count == Self.scanLimit + 1 {
        for (place, member) in members.enumerated() { places[member.key] = place }
      } else if members.count > Self.scanLimit {
        places[member.key] = members.count - 1
      }
    }

    mutating func begin(_ text: String, line: Int) throws(DocumentError) {
      if let place = place(of: text), !mergedPlaces.contains(place) {
        throw DocumentError("the key \(text) is given twice", line: line)
      }
      key = (text, line)
    }

    mutating func end(_ node: DocumentNode) throws(DocumentError) {
      guard let key else { return }
      self.key = nil
      guard key.text != "<<" else { return try merge(node) }
      let member = DocumentNode.Member(key: key.text, line: key.line, value: node)
      if !mergedPlaces.isEmpty, let place = place(of: key.text) {
        members[place] = member
        mergedPlaces.remove(place)
      } else {
        append(member)
      }
    }

    private mutating func merge(_ node: DocumentNode) throws(DocumentError) {
      for mapping in node.elements ?? [node] {
        guard let merged = mapping.members else {
          throw DocumentError("<< takes a mapping or a list of mappings", line: node.line)
        }
        for member in merged where place(of: member.key) == nil {
          mergedPlaces.insert(members.count)
          append(member)
        }
      }
    }
  }

  private struct Level {
    var open: Open
    let line: Int
    let anchor: String?
    /// Nodes in it so far, aliases counted out.
    var nodeCount = 1
  }

  private struct Anchored {
    let node: DocumentNode
    let nodeCount: Int
  }

  private var levels: [Level] = []
  private var anchors: [String: Anchored] = [:]
  private var budget = NodeBudget()
  private var root: DocumentNode?

  mutating func compose(_ text: UnsafeBufferPointer<UInt8>) throws(DocumentError) -> DocumentNode {
    var parser = yaml_parser_t()
    guard yaml_parser_initialize(&parser) == 1 else { throw DocumentError("no memory to read it", line: 0) }
    defer { yaml_parser_delete(&parser) }
    yaml_parser_set_input_string(&parser, text.baseAddress, text.count)
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING)
    while true {
      var event = yaml_event_t()
      guard yaml_parser_parse(&parser, &event) == 1 else { throw Self.syntaxError(parser) }
      defer { yaml_event_delete(&event) }
      if event.type == YAML_STREAM_END_EVENT { return root ?? DocumentNode(.null, line: 1) }
      try take(event)
    }
  }

  private static func syntaxError(_ parser: yaml_parser_t) -> DocumentError {
    let problem = parser.problem.map { String(cString: $0) } ?? "it is not YAML"
    return DocumentError("it is not YAML: \(problem)", line: Int(clamping: parser.problem_mark.line) + 1)
  }

  private mutating func take(_ event: yaml_event_t) throws(DocumentError) {
    let line = Int(clamping: event.start_mark.line) + 1
    switch event.type {
    case YAML_DOCUMENT_START_EVENT:
      guard root == nil else { throw DocumentError("it holds more than one document", line: line) }
    case YAML_SCALAR_EVENT:
      let scalar = event.data.scalar
      let text = Self.text(scalar.value, count: scalar.length)
      let isPlain = scalar.style == YAML_PLAIN_SCALAR_STYLE
      let isNull = isPlain && ["", "~", "null", "Null", "NULL"].contains(text)
      let node = DocumentNode(isNull ? .null : .scalar(text, isQuoted: !isPlain), line: line)
      try add(node, nodeCount: 1, anchor: Self.name(scalar.anchor), keyText: text)
    case YAML_SEQUENCE_START_EVENT:
      try open(.sequence([]), line: line, anchor: Self.name(event.data.sequence_start.anchor))
    case YAML_MAPPING_START_EVENT:
      try open(
        .mapping(Mapping()), line: line, anchor: Self.name(event.data.mapping_start.anchor))
    case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT: try close()
    case YAML_ALIAS_EVENT:
      let name = Self.name(event.data.alias.anchor) ?? ""
      guard let anchored = anchors[name] else {
        throw DocumentError("it refers to an anchor that is not there, or that holds it", line: line)
      }
      try add(
        anchored.node, nodeCount: anchored.nodeCount, anchor: nil, keyText: anchored.node.text)
    default: break
    }
  }

  private mutating func open(_ open: Open, line: Int, anchor: String?) throws(DocumentError) {
    guard levels.count < DocumentLimits.depth else {
      throw DocumentError("it is nested more than \(DocumentLimits.depth) deep", line: line)
    }
    if case .mapping(let mapping)? = levels.last?.open, mapping.key == nil {
      throw DocumentError("a list or mapping is no key", line: line)
    }
    levels.append(Level(open: open, line: line, anchor: anchor))
    try budget.take(line: line)
  }

  private mutating func close() throws(DocumentError) {
    guard let level = levels.popLast() else { return }
    let content: DocumentNode.Content =
      switch level.open {
      case .sequence(let nodes): .sequence(nodes)
      case .mapping(let mapping): .mapping(mapping.members)
      }
    let node = DocumentNode(content, line: level.line)
    // Counted when it was opened.
    try place(node, nodeCount: level.nodeCount, anchor: level.anchor, keyText: nil)
  }

  private mutating func add(
    _ node: DocumentNode, nodeCount: Int, anchor: String?, keyText: String?
  ) throws(DocumentError) {
    try budget.take(nodeCount, line: node.line)
    try place(node, nodeCount: nodeCount, anchor: anchor, keyText: keyText)
  }

  private mutating func place(
    _ node: DocumentNode, nodeCount: Int, anchor: String?, keyText: String?
  ) throws(DocumentError) {
    if let anchor { anchors[anchor] = Anchored(node: node, nodeCount: nodeCount) }
    guard var level = levels.popLast() else {
      root = root ?? node
      return
    }
    level.nodeCount += nodeCount
    switch level.open {
    case .sequence(var nodes):
      level.open = .sequence([])
      nodes.append(node)
      level.open = .sequence(nodes)
    case .mapping(var mapping):
      level.open = .sequence([])
      if mapping.key != nil {
        try mapping.end(node)
      } else {
        guard let keyText else { throw DocumentError("a list or mapping is no key", line: node.line) }
        try mapping.begin(keyText, line: node.line)
      }
      level.open = .mapping(mapping)
    }
    levels.append(level)
  }

  private static func name(_ pointer: UnsafeMutablePointer<yaml_char_t>?) -> String? {
    pointer.map { String(decodingCString: $0, as: UTF8.self) }
  }

  private static func text(_ pointer: UnsafeMutablePointer<yaml_char_t>?, count: Int) -> String {
    String(decoding: UnsafeBufferPointer(start: pointer, count: pointer == nil ? 0 : count), as: UTF8.self)
  }
}
