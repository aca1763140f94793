/// How Go reads a lock's JSON, row by row; every row is held against our decoder and against real restic.
enum LockCases {
  static let all = shapes + keys + values + numbers + strings + times + deep

  static let shapes: [LockCase] = [
    .accepted("an empty object, as an ancient lock", "{}"),
    .accepted("null instead of a lock", "null"),
    .accepted("white space around it", " \t\r\n{ } \r\n\t"),
    .accepted("white space within", "{ \"pid\" \n:\t7\r, \"uid\" : 3 }") {
      $0.pid = 7
      $0.uid = 3
    },
    .accepted(
      "what restic writes",
      #"{"time":"2026-11-22T20:40:05.123456789+01:00","exclusive":true,"hostname":"web1","username":"root","pid":28978,"uid":1000,"gid":100}"#
    ) {
      $0.time = "2026-11-22T20:40:05.123456789+01:00"
      $0.instant = "2026-11-22T19:40:05.123456789Z"
      $0.isExclusive = true
      $0.hostname = "web1"
      $0.username = "root"
      $0.pid = 28978
      $0.uid = 1000
      $0.gid = 100
    },
    .accepted(
      "unknown fields of every shape", #"{"a":null,"b":[1,[2],{}],"c":{"pid":9},"d":-1.5e-3,"e":"","f":true}"#
    ),
    .accepted(
      "an unknown field with a number beyond every range", #"{"a":123456789012345678901234567890e9999}"#),
    .refused("nothing", ""),
    .refused("only white space", "  \n"),
    .refused("an array", "[]"),
    .refused("an array with a lock in it", #"[{"pid":1}]"#),
    .refused("a string", #""lock""#),
    .refused("a number", "7"),
    .refused("true", "true"),
    .refused("cut off after the brace", "{"),
    .refused("cut off after a key", #"{"pid""#),
    .refused("cut off after a colon", #"{"pid":"#),
    .refused("cut off within a literal", "nul"),
    .refused("a literal with one letter too many", "nulll"),
    .refused("a literal in upper case", "NULL"),
    .refused("text after it", "{}x"),
    .refused("a second value after it", "{} {}"),
    .refused("a closing brace after it", "{}}"),
    .refused("a NUL after it", Array("{}".utf8) + [0]),
    .refused("a byte-order mark", [0xEF, 0xBB, 0xBF] + Array("{}".utf8)),
    .refused("a form feed as white space", "{}\u{0C}"),
    .refused("a vertical tab as white space", "\u{0B}{}"),
    .refused("a no-break space as white space", "{\u{A0}}"),
    .refused("a trailing comma", #"{"pid":1,}"#),
    .refused("a leading comma", #"{,"pid":1}"#),
    .refused("two commas", #"{"pid":1,,"uid":1}"#),
    .refused("no comma", #"{"pid":1 "uid":1}"#),
    .refused("no colon", #"{"pid" 1}"#),
    .refused("a key without quotation marks", "{pid:1}"),
    .refused("a key in single quotation marks", "{'pid':1}"),
    .refused("a number as key", "{1:1}"),
    .refused("a comment", #"{"pid":1} // done"#),
    .refused("brackets that do not match", #"{"a":[}"#),
    .refused("a trailing comma in an array", #"{"a":[1,]}"#),
    .refused("a value missing", #"{"pid":}"#),
    .refused("not JSON at all", "this is not JSON"),
  ]

  static let keys: [LockCase] = [
    .accepted(
      "keys in upper case", #"{"PID":7,"UID":8,"GID":9,"EXCLUSIVE":true,"HOSTNAME":"h","USERNAME":"u"}"#
    ) {
      $0.pid = 7
      $0.uid = 8
      $0.gid = 9
      $0.isExclusive = true
      $0.hostname = "h"
      $0.username = "u"
    },
    .accepted("a key in mixed case", #"{"hostName":"h","pId":7}"#) {
      $0.hostname = "h"
      $0.pid = 7
    },
    .accepted("a time under a key in upper case", #"{"TIME":"2026-01-02T03:04:05Z"}"#) {
      $0.time = "2026-01-02T03:04:05Z"
      $0.instant = "2026-01-02T03:04:05Z"
    },
    .accepted(
      "a long s in a key, which folds to s",
      #"{"ho\#u{17F}tname":"h","u\#u{17F}ername":"u","exclu\#u{17F}ive":true}"#
    ) {
      $0.hostname = "h"
      $0.username = "u"
      $0.isExclusive = true
    },
    .accepted("a long s as an escape", #"{"ho\u017ftname":"h"}"#) { $0.hostname = "h" },
    .accepted("a key with escapes", #"{"p\u0069d":7}"#) { $0.pid = 7 },
    .accepted("a key with upper-case letters as escapes", #"{"\u0050\u0049\u0044":7}"#) { $0.pid = 7 },
    .accepted("a dotted or dotless i in a key, which folds to itself", #"{"p\#u{131}d":7,"P\#u{130}D":7}"#),
    .accepted("a full-width letter in a key", #"{"\#u{FF50}id":7}"#),
    .accepted("a key with a space", #"{"pid ":7," pid":8}"#),
    .accepted("a key with a NUL", #"{"pid\u0000":7}"#),
    .accepted("an empty key", #"{"":7}"#),
    .accepted("a key that begins like another", #"{"pi":7,"pidx":8,"host":"h"}"#),
    .accepted("a key of bytes that are not UTF-8", Array(#"{"pid"#.utf8) + [0xFF] + Array(#"":7}"#.utf8)),
    .accepted("duplicate keys", #"{"pid":1,"pid":2}"#) { $0.pid = 2 },
    .accepted("duplicate keys in different case, the exact one first", #"{"pid":1,"PID":2}"#) { $0.pid = 2 },
    .accepted("duplicate keys in different case, the exact one last", #"{"PID":1,"pid":2}"#) { $0.pid = 2 },
    .accepted(
      "a duplicate time", #"{"time":"2026-01-02T03:04:05Z","time":"2027-01-02T03:04:05Z"}"#
    ) {
      $0.time = "2027-01-02T03:04:05Z"
      $0.instant = "2027-01-02T03:04:05Z"
    },
    .refused("a duplicate of which the first is of a wrong type", #"{"pid":"1","pid":2}"#),
    .refused("a duplicate time of which the first is wrong", #"{"time":"x","time":"2027-01-02T03:04:05Z"}"#),
    .refused("a field of a wrong type under a key in upper case", #"{"PID":"1"}"#),
  ]

  static let values: [LockCase] = [
    .accepted(
      "null for every field",
      #"{"time":null,"exclusive":null,"hostname":null,"username":null,"pid":null,"uid":null,"gid":null}"#),
    .accepted(
      "null after a value, which keeps the value",
      #"{"time":"2026-01-02T03:04:05Z","exclusive":true,"hostname":"h","username":"u","pid":1,"uid":2,"gid":3,"time":null,"exclusive":null,"hostname":null,"username":null,"pid":null,"uid":null,"gid":null}"#
    ) {
      $0.time = "2026-01-02T03:04:05Z"
      $0.instant = "2026-01-02T03:04:05Z"
      $0.isExclusive = true
      $0.hostname = "h"
      $0.username = "u"
      $0.pid = 1
      $0.uid = 2
      $0.gid = 3
    },
    .accepted("a value after null", #"{"pid":null,"pid":5}"#) { $0.pid = 5 },
    .accepted("false after true", #"{"exclusive":true,"exclusive":false}"#),
    .refused("\"true\" for a boolean", #"{"exclusive":"true"}"#),
    .refused("1 for a boolean", #"{"exclusive":1}"#),
    .refused("an object for a boolean", #"{"exclusive":{}}"#),
    .refused("True for a boolean", #"{"exclusive":True}"#),
    .refused("a number for a string", #"{"hostname":1}"#),
    .refused("a boolean for a string", #"{"username":false}"#),
    .refused("an array for a string", #"{"hostname":["h"]}"#),
    .refused("an object for a string", #"{"hostname":{}}"#),
    .refused("a string for a number", #"{"pid":"7"}"#),
    .refused("an empty string for a number", #"{"pid":""}"#),
    .refused("a boolean for a number", #"{"pid":true}"#),
    .refused("an array for a number", #"{"pid":[7]}"#),
    .refused("an object for a number", #"{"uid":{}}"#),
    .refused("a number for the time", #"{"time":1700000000}"#),
    .refused("a boolean for the time", #"{"time":true}"#),
    .refused("an array for the time", #"{"time":[]}"#),
    .refused("an object for the time", #"{"time":{}}"#),
    .refused("a number for the time in quotation marks", #"{"time":"1700000000"}"#),
  ]

  static let numbers: [LockCase] = [
    .accepted("PID 0", #"{"pid":0}"#),
    .accepted("PID -0", #"{"pid":-0}"#),
    .accepted("PID -1", #"{"pid":-1}"#) { $0.pid = -1 },
    .accepted("PID 2^63-1", #"{"pid":9223372036854775807}"#) { $0.pid = .max },
    .accepted("PID -2^63", #"{"pid":-9223372036854775808}"#) { $0.pid = .min },
    .accepted("UID and GID 2^32-1", #"{"uid":4294967295,"gid":4294967295}"#) {
      $0.uid = .max
      $0.gid = .max
    },
    .accepted("UID and GID 0", #"{"uid":0,"gid":0}"#),
    .refused("PID 2^63", #"{"pid":9223372036854775808}"#),
    .refused("PID -2^63-1", #"{"pid":-9223372036854775809}"#),
    .refused("PID 2^64", #"{"pid":18446744073709551616}"#),
    .refused("PID 2^64+1", #"{"pid":18446744073709551617}"#),
    .refused("a PID of 40 digits", #"{"pid":1234567890123456789012345678901234567890}"#),
    .refused("PID 1.0", #"{"pid":1.0}"#),
    .refused("PID 1e3", #"{"pid":1e3}"#),
    .refused("PID 1E0", #"{"pid":1E0}"#),
    .refused("PID 0e0", #"{"pid":0e0}"#),
    .refused("PID -0.0", #"{"pid":-0.0}"#),
    .refused("UID -1", #"{"uid":-1}"#),
    .refused("UID -0", #"{"uid":-0}"#),
    .refused("GID -0", #"{"gid":-0}"#),
    .refused("UID 2^32", #"{"uid":4294967296}"#),
    .refused("GID 2^32", #"{"gid":4294967296}"#),
    .refused("GID 1.0", #"{"gid":1.0}"#),
    .refused("UID 1e1", #"{"uid":1e1}"#),
    .refused("a plus sign", #"{"pid":+1}"#),
    .refused("a leading zero", #"{"pid":01}"#),
    .refused("a minus sign before a leading zero", #"{"pid":-01}"#),
    .refused("a minus sign alone", #"{"pid":-}"#),
    .refused("a minus sign and a space", #"{"pid":- 1}"#),
    .refused("a hexadecimal number", #"{"pid":0x10}"#),
    .refused("an underscore", #"{"pid":1_000}"#),
    .refused("a fraction without digits", #"{"a":1.}"#),
    .refused("a fraction without a whole part", #"{"a":.5}"#),
    .refused("an exponent without digits", #"{"a":1e}"#),
    .refused("an exponent with a sign only", #"{"a":1e+}"#),
    .refused("NaN", #"{"a":NaN}"#),
    .refused("Infinity", #"{"a":-Infinity}"#),
    .accepted(
      "numbers of every form in an unknown field", #"{"a":[0,-0,0.5,-1.25,1e5,1E+5,1e-5,10,100.001e007]}"#),
  ]

  static let strings: [LockCase] = [
    .accepted("every escape", #"{"hostname":"\"\\\/\b\f\n\r\t\u0041\u00e9\u20AC"}"#) {
      $0.hostname = "\"\\/\u{8}\u{C}\n\r\tA\u{E9}\u{20AC}"
    },
    .accepted("an escaped NUL", #"{"hostname":"a\u0000b"}"#) { $0.hostname = "a\0b" },
    .accepted("DEL and C1 controls as they are", "{\"hostname\":\"\u{7F}\u{85}\u{9B}\"}") {
      $0.hostname = "\u{7F}\u{85}\u{9B}"
    },
    .accepted("line separators as they are", "{\"hostname\":\"\u{2028}\u{2029}\"}") {
      $0.hostname = "\u{2028}\u{2029}"
    },
    .accepted("text that is not ASCII", "{\"hostname\":\"b\u{FC}ro-\u{65E5}\u{672C}-\u{1F512}\"}") {
      $0.hostname = "b\u{FC}ro-\u{65E5}\u{672C}-\u{1F512}"
    },
    .accepted("a decomposed letter, kept so", "{\"hostname\":\"e\u{301}\"}") { $0.hostname = "e\u{301}" },
    .accepted("a surrogate pair", #"{"hostname":"\ud83d\udd12"}"#) { $0.hostname = "\u{1F512}" },
    .accepted("a lone high surrogate", #"{"hostname":"a\ud83db"}"#) { $0.hostname = "a\u{FFFD}b" },
    .accepted("a lone low surrogate", #"{"hostname":"a\udd12b"}"#) { $0.hostname = "a\u{FFFD}b" },
    .accepted("surrogates in the wrong order", #"{"hostname":"\udd12\ud83d"}"#) {
      $0.hostname = "\u{FFFD}\u{FFFD}"
    },
    .accepted("a high surrogate before another escape", #"{"hostname":"\ud83d\u0041"}"#) {
      $0.hostname = "\u{FFFD}A"
    },
    .accepted("a high surrogate before a pair", #"{"hostname":"\ud83d\ud83d\udd12"}"#) {
      $0.hostname = "\u{FFFD}\u{1F512}"
    },
    .accepted("a high surrogate at the end", #"{"hostname":"\ud83d"}"#) { $0.hostname = "\u{FFFD}" },
    .accepted("a high surrogate before a short escape", #"{"hostname":"\ud83d\n"}"#) {
      $0.hostname = "\u{FFFD}\n"
    },
    .accepted("the last pair of all", #"{"hostname":"\udbff\udfff"}"#) { $0.hostname = "\u{10FFFF}" },
    .accepted("the escape of U+FFFF", #"{"hostname":"\uffff"}"#) { $0.hostname = "\u{FFFF}" },
    .accepted("one byte that is not UTF-8", bytes([0xFF])) { $0.hostname = "\u{FFFD}" },
    .accepted("a continuation byte alone", bytes([0x80])) { $0.hostname = "\u{FFFD}" },
    .accepted("a sequence cut off: one U+FFFD a byte", bytes([0xE2, 0x82])) {
      $0.hostname = "\u{FFFD}\u{FFFD}"
    },
    .accepted("a sequence of four cut off", bytes([0xF0, 0x9F, 0x94])) {
      $0.hostname = "\u{FFFD}\u{FFFD}\u{FFFD}"
    },
    .accepted("a sequence cut off before a letter", bytes([0xE2, 0x82, 0x41])) {
      $0.hostname = "\u{FFFD}\u{FFFD}A"
    },
    .accepted("a surrogate in UTF-8", bytes([0xED, 0xA0, 0x80])) { $0.hostname = "\u{FFFD}\u{FFFD}\u{FFFD}" },
    .accepted("an overlong slash", bytes([0xC0, 0xAF])) { $0.hostname = "\u{FFFD}\u{FFFD}" },
    .accepted("an overlong sequence of three", bytes([0xE0, 0x80, 0xAF])) {
      $0.hostname = "\u{FFFD}\u{FFFD}\u{FFFD}"
    },
    .accepted("an overlong sequence of four", bytes([0xF0, 0x80, 0x80, 0xAF])) {
      $0.hostname = "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}"
    },
    .accepted("a scalar beyond U+10FFFF", bytes([0xF4, 0x90, 0x80, 0x80])) {
      $0.hostname = "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}"
    },
    .accepted("Latin-1", bytes([0x62, 0xFC, 0x72, 0x6F])) { $0.hostname = "b\u{FFFD}ro" },
    .accepted("a Windows user", #"{"username":"CORP\\backup"}"#) { $0.username = #"CORP\backup"# },
    .accepted("a terminal escape", #"{"hostname":"\u001b[31mred"}"#) { $0.hostname = "\u{1B}[31mred" },
    .accepted("a host name of 9,000 characters", #"{"hostname":"\#(String(repeating: "x", count: 9000))"}"#) {
      $0.hostname = String(repeating: "x", count: 9000)
    },
    .refused("a line feed as it is", "{\"hostname\":\"a\nb\"}"),
    .refused("a tab as it is", "{\"hostname\":\"a\tb\"}"),
    .refused("a NUL as it is", "{\"hostname\":\"a\0b\"}"),
    .refused("U+001F as it is", "{\"hostname\":\"a\u{1F}b\"}"),
    .refused("a control character in an unknown field", "{\"x\":\"\u{1}\"}"),
    .refused("a control character in a key", "{\"\u{1}\":1}"),
    .refused("an unknown escape", #"{"hostname":"\x41"}"#),
    .refused("an escaped apostrophe", #"{"hostname":"\'"}"#),
    .refused("an escape of three digits", #"{"hostname":"\u041"}"#),
    .refused("an escape with a letter that is no digit", #"{"hostname":"\u00g1"}"#),
    .refused("an escape cut off by the end", #"{"hostname":"\u00"#),
    .refused("an upper-case escape letter", #"{"hostname":"\U0041"}"#),
    .refused("a string that does not end", #"{"hostname":"h}"#),
    .refused("a backslash before the end", #"{"hostname":"h\"}"#),
  ]

  static let times: [LockCase] = [
    .time("UTC", "2026-11-22T19:40:05Z", "2026-11-22T19:40:05Z"),
    .time("an offset", "2026-11-22T19:40:05+05:30", "2026-11-22T14:10:05Z"),
    .time("a negative offset", "2026-11-22T19:40:05-08:00", "2026-11-23T03:40:05Z"),
    .time("offset -00:00", "2026-11-22T19:40:05-00:00", "2026-11-22T19:40:05Z"),
    .time("one fraction digit", "2026-11-22T19:40:05.5Z", "2026-11-22T19:40:05.5Z"),
    .time("nine fraction digits", "2026-11-22T19:40:05.123456789Z", "2026-11-22T19:40:05.123456789Z"),
    .time(
      "thirteen fraction digits, cut to nine", "2026-11-22T19:40:05.1234567899999Z",
      "2026-11-22T19:40:05.123456789Z"),
    .time(
      "fifty fraction digits", "2026-11-22T19:40:05.\(String(repeating: "9", count: 50))Z",
      "2026-11-22T19:40:05.999999999Z"),
    .time("a fraction of zeros", "2026-11-22T19:40:05.000Z", "2026-11-22T19:40:05Z"),
    .time("a comma before the fraction", "2026-11-22T10:00:00,5Z", "2026-11-22T10:00:00.5Z"),
    .time("a comma, and an offset", "2026-11-22T10:00:00,25+01:00", "2026-11-22T09:00:00.25Z"),
    .time("an hour of one digit", "2026-11-22T1:02:03Z", "2026-11-22T01:02:03Z"),
    .time(
      "an hour of one digit, a fraction and an offset", "2026-11-22T9:02:03.5+01:00", "2026-11-22T08:02:03.5Z"
    ),
    .time("offset +23:59", "2026-11-22T19:40:05+23:59", "2026-11-21T19:41:05Z"),
    .time("offset +24:00, which restic cannot print", "2026-11-22T19:40:05+24:00", "2026-11-21T19:40:05Z")
      .unprintable(),
    .time("offset -24:00", "2026-11-22T19:40:05-24:00", "2026-11-23T19:40:05Z").unprintable(),
    .time("offset +24:60", "2026-11-22T19:40:05+24:60", "2026-11-21T18:40:05Z").unprintable(),
    .time("offset +01:60", "2026-11-22T19:40:05+01:60", "2026-11-22T17:40:05Z"),
    .time("a leap day", "2028-02-29T00:00:00Z", "2028-02-29T00:00:00Z"),
    .time("a leap day of a year divisible by 400", "2000-02-29T00:00:00Z", "2000-02-29T00:00:00Z"),
    .time("the last second of a year", "2026-12-31T23:59:59.999999999Z", "2026-12-31T23:59:59.999999999Z"),
    .time("before 1970", "1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.5Z"),
    .time("year 1", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
    .time("year 0", "0000-01-01T00:00:00Z", "0000-01-01T00:00:00Z"),
    .time("a leap day in year 0", "0000-02-29T12:00:00Z", "0000-02-29T12:00:00Z"),
    .time("year 9999", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"),
    .time("year 1900's missing leap day's eve", "1900-02-28T00:00:00Z", "1900-02-28T00:00:00Z"),
    .time("the far future", "2345-06-07T08:09:10Z", "2345-06-07T08:09:10Z"),
    .time("offset +25:00", "2026-11-22T19:40:05+25:00", nil).otherwiseInGo119(),
    .time("offset +00:61", "2026-11-22T19:40:05+00:61", nil).otherwiseInGo119(),
    .time("an offset of one digit", "2026-11-22T19:40:05+1:00", nil),
    .time("an offset without a colon", "2026-11-22T19:40:05+0100", nil),
    .time("an offset of hours only", "2026-11-22T19:40:05+01", nil),
    .time("an offset with seconds", "2026-11-22T19:40:05+01:00:00", nil),
    .time("an offset with another sign", "2026-11-22T19:40:05~01:00", nil),
    .time("an offset with a typographic minus", "2026-11-22T19:40:05\u{2212}01:00", nil),
    .time("no offset", "2026-11-22T19:40:05", nil),
    .time("the name of a zone", "2026-11-22T19:40:05 UTC", nil),
    .time("a lower-case t", "2026-11-22t19:40:05Z", nil),
    .time("a lower-case z", "2026-11-22T19:40:05z", nil),
    .time("a space instead of T", "2026-11-22 19:40:05Z", nil),
    .time("second 60", "2026-12-31T23:59:60Z", nil),
    .time("minute 60", "2026-11-22T19:60:05Z", nil),
    .time("hour 24", "2026-11-22T24:00:00Z", nil),
    .time("month 0", "2026-00-22T19:40:05Z", nil),
    .time("month 13", "2026-13-22T19:40:05Z", nil),
    .time("day 0", "2026-11-00T19:40:05Z", nil),
    .time("day 31 of a month of 30", "2026-11-31T19:40:05Z", nil),
    .time("day 32", "2026-12-32T19:40:05Z", nil),
    .time("a leap day in a common year", "2026-02-29T19:40:05Z", nil),
    .time("a leap day in 1900", "1900-02-29T19:40:05Z", nil),
    .time("a year of five digits", "12026-11-22T19:40:05Z", nil),
    .time("a year of three digits", "926-11-22T19:40:05Z", nil),
    .time("a year with a sign", "+2026-11-22T19:40:05Z", nil),
    .time("a negative year", "-026-11-22T19:40:05Z", nil),
    .time("a month of one digit", "2026-1-22T19:40:05Z", nil),
    .time("a day of one digit", "2026-11-2T19:40:05Z", nil),
    .time("a minute of one digit", "2026-11-22T19:4:05Z", nil),
    .time("a second of one digit", "2026-11-22T19:40:5Z", nil),
    .time("no seconds", "2026-11-22T19:40Z", nil),
    .time("a date alone", "2026-11-22", nil),
    .time("a point without a fraction", "2026-11-22T19:40:05.Z", nil),
    .time("a comma without a fraction", "2026-11-22T19:40:05,Z", nil),
    .time("two fractions", "2026-11-22T19:40:05.5.5Z", nil),
    .time("a space before", " 2026-11-22T19:40:05Z", nil),
    .time("a space after", "2026-11-22T19:40:05Z ", nil),
    .time("text after", "2026-11-22T19:40:05Zulu", nil),
    .time("Z and an offset", "2026-11-22T19:40:05Z+01:00", nil),
    .time("an empty string", "", nil),
    .time("the word null", "null", nil),
    .time("words", "yesterday", nil),
    .time("an escape, which Go does not resolve in times", #"2026-11-22T19:40:05\u005a"#, nil),
    .time("an escaped solidus", #"2026\/11\/22T19:40:05Z"#, nil),
    .time("digits that are not ASCII", "\u{0662}026-11-22T19:40:05Z", nil),
  ]

  static let deep: [LockCase] = [
    // The lock's own object counts as one.
    .accepted("an unknown field nested 9,999 deep", nested(9_999)),
    .refused("an unknown field nested 10,000 deep", nested(10_000)),
    .refused("an unknown field nested 200,000 deep", nested(200_000)),
    .refused("200,000 opening brackets", String(repeating: "[", count: 200_000)),
    .refused("200,000 opening objects", String(repeating: "{\"a\":", count: 200_000)),
  ]

  private static func nested(_ depth: Int) -> String {
    #"{"x":"# + String(repeating: "[", count: depth) + String(repeating: "]", count: depth) + "}"
  }

  /// A lock whose host name is these bytes as they are.
  private static func bytes(_ hostname: [UInt8]) -> [UInt8] {
    Array(#"{"hostname":""#.utf8) + hostname + Array(#""}"#.utf8)
  }
}
