/// One request, as every transport can send it.
package struct HTTPRequest: Sendable {
  package enum Method: String, Sendable {
    case get = "GET"
    case head = "HEAD"
    case delete = "DELETE"
    case post = "POST"
    case put = "PUT"
  }

  package let method: Method
  /// Path and query as they stand in the request line, percent-encoded, with a leading slash.
  package let target: String
  package var headers: HTTPFields
  package var body: [UInt8]
  /// The most bytes that a successful answer may have.
  package var byteLimit: Int

  package init(
    _ method: Method, _ target: String, headers: HTTPFields = [], body: [UInt8] = [], byteLimit: Int = 65_536
  ) {
    self.method = method
    self.target = target
    self.headers = headers
    self.body = body
    self.byteLimit = byteLimit
  }
}

/// Header fields in their order; names are found in any case.
package struct HTTPFields: Sendable, ExpressibleByArrayLiteral {
  package private(set) var all: [(name: String, value: String)] = []

  package init(_ fields: [(name: String, value: String)]) { all = fields }
  package init(arrayLiteral fields: (String, String)...) { all = fields.map { (name: $0.0, value: $0.1) } }

  package subscript(name: String) -> String? {
    let wanted = name.lowercased()
    return all.first { $0.name.lowercased() == wanted }?.value
  }

  package mutating func add(_ name: String, _ value: String) { all.append((name: name, value: value)) }
}

/// A whole answer.
package struct HTTPResponse: Sendable {
  package let status: Int
  package let headers: HTTPFields
  /// Of a refusal (not 2xx) no more than its beginning; empty for HEAD.
  package let body: [UInt8]

  package init(status: Int, headers: HTTPFields, body: [UInt8]) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  package var isSuccess: Bool { (200..<300).contains(status) }
}

/// Gathers the body of an answer piece by piece within its bounds, for every transport alike.
package struct HTTPBodyCollector: Sendable {
  /// What is kept of a refusal: enough for the reason it gives.
  package static let refusalByteLimit = 16_384

  package private(set) var body: [UInt8] = []
  private let byteLimit: Int
  private let isRefusal: Bool

  package init(status: Int, byteLimit: Int) {
    isRefusal = !(200..<300).contains(status)
    self.byteLimit = isRefusal ? Self.refusalByteLimit : max(byteLimit, 0)
  }

  /// Takes one piece; `false` says that nothing more is wanted.
  ///
  /// Throws `.bodyTooLarge` beyond the limit of a successful answer.
  package mutating func append(_ piece: some Collection<UInt8>) throws(HTTPFailure) -> Bool {
    let room = byteLimit - body.count
    guard piece.count > room else {
      body.append(contentsOf: piece)
      return true
    }
    guard isRefusal else { throw HTTPFailure(.bodyTooLarge, "the answer has more than \(byteLimit) bytes") }
    body.append(contentsOf: piece.prefix(room))
    return false
  }
}
