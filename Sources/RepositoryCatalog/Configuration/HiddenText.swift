/// Text that may be secret: no description shows it.
package struct HiddenText: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
  package let text: String

  package init(_ text: String) { self.text = text }

  package var description: String { "***" }
  package var customMirror: Mirror { Mirror(self, children: [:]) }
}
