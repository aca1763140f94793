/// Where a process stands in the control-group tree, and what that tells of who runs it.
package struct ControlGroup: Hashable, Sendable {
  /// `/system.slice/restic-backup.service`; as seen from our own control-group namespace.
  package let path: String
  /// The container's ID (64 hex digits) or name, where the path has the shape that a container engine gives it.
  package let container: String?
  /// The innermost systemd unit: `restic-backup.service`, `session-3.scope`.
  package let systemdUnit: String?

  package init(path: String, container: String? = nil, systemdUnit: String? = nil) {
    self.path = path
    self.container = container
    self.systemdUnit = systemdUnit
  }
}
