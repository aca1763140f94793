import Foundation
import ResticAudit
import ResticFormat
import ResticLocks
import Testing
import WallTime

@Suite("The forms of a report")
struct ReportTests {
  static let hostileNames = [
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "=cmd|'/c calc'!A1", "+1+1", "-2+3",
    "@SUM(1)",
    "\t=1", "\r\n=1", "a\u{202e}gnp.exe", "\u{1b}[31mred", "![x](http://192.0.2.1/)",
    "</title><svg onload=x>",
    "]]>", "&amp;", "`code`", "'; DROP TABLE", "| a | b |",
  ]

  private static func hostile(_ name: String) -> AuditAnalysis {
    var past = Past()
    past.lock(0, host: name, user: name)
    past.lock(2, host: name, user: name, pid: 9, exclusive: true)
    past.snapshot(0, 5, host: name, user: name, program: "rustic \(name)")
    past.facts.location = name
    past.facts.auditor = name
    past.facts.missing = [name]
    return past.analysis
  }

  @Test("no hostile name reaches the page as markup", arguments: hostileNames)
  func html(name: String) {
    let page = ReportPage.html(Self.hostile(name), toolVersion: "0")
    for mark in ["<script", "<img", "onerror=alert(1)>", "<svg onload", "\u{202e}", "\u{1b}"] {
      #expect(!page.contains(mark), "\(mark)")
    }
    // Every angle bracket that is left belongs to an element of ours.
    let ours: Set<String> = [
      "!doctype", "html", "head", "meta", "link", "title", "style", "body", "header", "h1", "h2", "h3", "p",
      "dl",
      "dt", "dd", "div", "main", "section", "ol", "ul", "li", "span", "figure", "figcaption", "svg", "desc",
      "defs",
      "pattern", "rect", "line", "path", "text", "g", "a", "table", "thead", "tbody", "tr", "th", "td",
      "caption",
      "details", "summary", "footer", "code",
    ]
    for piece in page.split(separator: "<").dropFirst() {
      let element = piece.drop { $0 == "/" }.prefix { $0.isLetter || $0.isNumber || $0 == "!" }
      #expect(ours.contains(String(element)), "<\(piece.prefix(40))")
    }
  }

  @Test("no cell of a table begins a formula, and every row has all its cells", arguments: hostileNames)
  func csv(name: String) throws {
    for (file, text) in ReportTables(Self.hostile(name)).files {
      let rows = text.components(separatedBy: "\r\n").dropLast().map(Self.cells)
      let width = try #require(rows.first).count
      for row in rows.dropFirst() {
        #expect(row.count == width, "\(file): \(row)")
        for cell in row {
          let isNumber = Double(cell) != nil
          let begins = cell.first { $0 != " " }
          #expect(isNumber || begins.map { !"=+-@|%\t".contains($0) } ?? true, "\(file): \(cell)")
        }
      }
    }
  }

  /// As RFC 4180 has it.
  private static func cells(_ row: String) -> [String] {
    var (cells, cell, isQuoted) = ([String](), "", false)
    var characters = Array(row)[...]
    while let character = characters.popFirst() {
      if isQuoted, character == "\"", characters.first == "\"" {
        cell.append("\"")
        characters.removeFirst()
      } else if character == "\"" {
        isQuoted.toggle()
      } else if character == ",", !isQuoted {
        cells.append(cell)
        cell = ""
      } else {
        cell.append(character)
      }
    }
    return cells + [cell]
  }

  @Test("the summary makes no link, image or heading of a name", arguments: hostileNames)
  func markdown(name: String) {
    let text = ReportSummary(Self.hostile(name), toolVersion: "0").markdown
    #expect(
      !text.replacing("\\<", with: "").contains("<") && !text.contains("![x]") && !text.contains("\u{1b}"))
    #expect(text.split(separator: "\n").allSatisfy { !$0.hasPrefix("=") })
  }

  @Test("the page needs nothing from elsewhere, and says so to the browser")
  func selfContained() {
    let page = ReportPage.html(Self.hostile("web1"), toolVersion: "0")
    #expect(page.contains("default-src 'none'"))
    #expect(!page.contains("<script") && !page.contains("url(http") && !page.contains("src="))
    #expect(
      page.components(separatedBy: "href=\"").dropFirst().allSatisfy {
        $0.hasPrefix("#") || $0.hasPrefix("data:,")
      })
  }

  @Test("the drawing has a title, a description, and the same as a table")
  func accessible() {
    let page = ReportPage.html(Self.hostile("web1"), toolVersion: "0")
    #expect(page.contains("role=\"img\" aria-labelledby=\"timeline-title timeline-desc\""))
    #expect(page.contains("<title id=\"timeline-title\">") && page.contains("<desc id=\"timeline-desc\">"))
    #expect(page.contains("<h2 id=\"runs\">") && page.contains("<th scope=\"col\">"))
    #expect(page.contains("<html lang=\"en\">"))
  }

  @Test("ten thousand locks of a thousand hosts stay a page that a browser bears")
  func manyLocks() {
    var past = Past(now: 20_000)
    for index in 0..<10_000 {
      past.lock(
        Double(index), host: "host\(index % 1000)", pid: Int64(index + 2000), exclusive: index % 97 == 0)
    }
    let analysis = past.analysis
    let page = ReportPage.html(analysis, toolVersion: "0")
    #expect(page.utf8.count < 2_000_000, "\(page.utf8.count)")
    #expect(page.contains("other hosts"))
    #expect(
      ReportTables(analysis).files.first { $0.name == "locks.csv" }?.text.split(separator: "\r\n").count
        == 10_001)
  }

  @Test("times far off do not squash what happened in an hour")
  func outliers() throws {
    var past = Past()
    past.lock(-1_000_000)
    for minute in [500.0, 505, 510] { past.lock(minute, pid: 5000) }
    past.lock(9_000_000_000, host: "future")
    let page = ReportPage.html(past.analysis, toolVersion: "0")
    let bar = try #require(
      page.components(separatedBy: "<rect class=\"shared\"").first {
        $0.contains("</rect>") || $0.contains("refresh")
      })
    #expect(!bar.isEmpty)
    #expect(page.contains("class=\"break\""))
  }
}
