import ResticFormat
import Testing

@Suite("A lock's JSON is read exactly as leniently as Go reads it")
struct LockRecordTests {
  @Test("each case", arguments: LockCases.all)
  func decodes(_ lock: LockCase) throws {
    switch lock.expectation {
    case .accepted(let fields): #expect(try LockRecord.decode(lock.json) == fields.record)
    case .refused: #expect(throws: GoJSONError.self) { try LockRecord.decode(lock.json) }
    }
  }

  @Test(
    "the reason for a refusal names the field or the place, and never the content",
    arguments: [
      (#"{"pid":"secret"}"#, #""pid" is not a whole number from -2^63 to 2^63-1"#),
      (#"{"uid":-1}"#, #""uid" is not a whole number from 0 to 2^32-1"#),
      (#"{"hostname":7}"#, #""hostname" is not a string"#),
      (#"{"exclusive":"true"}"#, #""exclusive" is not true or false"#),
      (#"{"time":"secret"}"#, #""time" is not a time of the form 2006-01-02T15:04:05.999999999+07:00"#),
      ("{\"pid\":1", "the JSON text ends too early"),
      ("{\"pid\":x}", "not JSON at byte 7"),
      ("{} secret", "text follows the JSON value at byte 3"),
      ("[]", "the JSON value is not an object"),
    ])
  func describes(_ json: String, _ reason: String) {
    do {
      _ = try LockRecord.decode(Array(json.utf8))
      Issue.record("accepted")
    } catch {
      #expect(error.description == reason)
    }
  }

  @Test("a lock cut off anywhere is refused, except where nothing is missing")
  func cut() throws {
    let json = Array(
      #"{"time":"2026-11-22T19:40:05Z","hostname":"b\u00e9\ud83d\udd12","pid":-12,"x":[{}, 1e5]} "#.utf8)
    #expect(throws: Never.self) { try LockRecord.decode(json) }
    for length in 0..<json.count - 1 {
      #expect(throws: GoJSONError.self, "\(length)") { try LockRecord.decode(Array(json.prefix(length))) }
    }
  }

  @Test("no byte in any place makes the decoder trap")
  func everyByteEverywhere() {
    let json = Array(
      #"{"time":"2026-11-22T9:40:05,5+01:00","hostname":"\ud83d\udd12é","pid":-1,"x":[{"y":null}]}"#.utf8)
    for index in json.indices {
      var changed = json
      for byte in UInt8.min...UInt8.max {
        changed[index] = byte
        _ = try? LockRecord.decode(changed)
      }
    }
  }
}
