/// Why a text is not of its format; says nothing of the text but the line.
package struct DocumentError: Error, Equatable, Sendable, CustomStringConvertible {
  package let problem: String
  /// Counted from 1; 0 where it is not known.
  package let line: Int

  init(_ problem: String, line: Int) {
    self.problem = problem
    self.line = line
  }

  package var description: String { line > 0 ? "line \(line): \(problem)" : problem }
}
