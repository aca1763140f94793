internal import ResticAudit

extension FuzzTarget {
  static let auditTargets: [FuzzTarget] = [
    FuzzTarget("evidence-bundle") { bytes in
      var verification = BundleVerification(bytes)
      verification.checkLocks(nil)
      precondition(verification.manifest != nil || !verification.isWhole, "whole, and without a manifest")
    }
  ]
}
