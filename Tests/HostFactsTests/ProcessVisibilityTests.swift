import HostFacts
import Testing

@Suite struct ProcessVisibilityTests {
  @Test("this test run sees every process")
  func current() {
    #expect(ProcessVisibility.current() == ProcessVisibility())
    #expect(ProcessVisibility.current().isComplete)
  }

  @Test(
    "each fact that hinders, and each that is unknown, is a sentence",
    arguments: [
      ProcessVisibility(isInInitialPIDNamespace: false), ProcessVisibility(isInInitialPIDNamespace: nil),
      ProcessVisibility(isInInitialTimeNamespace: false), ProcessVisibility(isInInitialTimeNamespace: nil),
      ProcessVisibility(processFileSystemIsReal: false), ProcessVisibility(processFileSystemIsReal: nil),
      ProcessVisibility(processFileSystemShowsOurselves: false),
      ProcessVisibility(processFileSystemShowsOurselves: nil), ProcessVisibility(hidePIDOption: "2"),
      ProcessVisibility(subsetOption: "pid"), ProcessVisibility(mountOptionsAreKnown: false),
    ])
  func hindrances(visibility: ProcessVisibility) {
    #expect(visibility.hindrances.count == 1)
    #expect(!visibility.isComplete)
  }
}
