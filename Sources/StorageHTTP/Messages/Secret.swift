/// A text that shows in no description.
struct Secret: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
  let text: String

  init(_ text: String) { self.text = text }

  var description: String { "<redacted>" }
  var customMirror: Mirror { Mirror(self, children: [:]) }
}
