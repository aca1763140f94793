/// What the kernel lets this program see of other processes.
///
/// Each fact is `nil` where it could not be found out. A system without namespaces is in the initial ones.
package struct ProcessVisibility: Hashable, Sendable {
  package let isInInitialPIDNamespace: Bool?
  package let isInInitialTimeNamespace: Bool?
  /// `/proc` is a proc file system and not something mounted over it.
  package let processFileSystemIsReal: Bool?
  /// `/proc/self` is this process, by the PID this process has.
  package let processFileSystemShowsOurselves: Bool?
  /// The `hidepid=` option of the mount on top of `/proc`, as the kernel prints it; `nil` where processes are not hidden.
  package let hidePIDOption: String?
  /// The `subset=` option of the mount on top of `/proc`; `nil` where nothing is left out.
  package let subsetOption: String?
  /// False where the options of the mount on `/proc` could not be read.
  package let mountOptionsAreKnown: Bool

  package init(
    isInInitialPIDNamespace: Bool? = true, isInInitialTimeNamespace: Bool? = true,
    processFileSystemIsReal: Bool? = true, processFileSystemShowsOurselves: Bool? = true,
    hidePIDOption: String? = nil, subsetOption: String? = nil, mountOptionsAreKnown: Bool = true
  ) {
    self.isInInitialPIDNamespace = isInInitialPIDNamespace
    self.isInInitialTimeNamespace = isInInitialTimeNamespace
    self.processFileSystemIsReal = processFileSystemIsReal
    self.processFileSystemShowsOurselves = processFileSystemShowsOurselves
    self.hidePIDOption = hidePIDOption
    self.subsetOption = subsetOption
    self.mountOptionsAreKnown = mountOptionsAreKnown
  }

  /// A process of this machine that is not shown does not exist.
  package var isComplete: Bool { hindrances.isEmpty }
}
