/// Where a repository lies: a location as restic's `-r` takes it, parsed (restic manual, "Preparing a new repository").
package enum RepositoryLocation: Hashable, Sendable {
  /// A folder; an empty path is the working directory.
  case local(path: String)
  case sftp(SFTPLocation)
  case rest(RESTLocation)
  case s3(S3Location)
  case b2(BucketLocation)
  case azure(BucketLocation)
  case gs(BucketLocation)
  case swift(BucketLocation)
  /// What rclone takes as its last argument, verbatim: `remote:path`.
  case rclone(remote: String)

  package var backend: Backend {
    switch self {
    case .local: .local
    case .sftp: .sftp
    case .rest: .rest
    case .s3: .s3
    case .b2: .b2
    case .azure: .azure
    case .gs: .gs
    case .swift: .swift
    case .rclone: .rclone
    }
  }

  /// The kinds of storage restic has; the raw value stands before a location's first colon.
  package enum Backend: String, Sendable, CaseIterable {
    case local, sftp, rest, s3, b2, azure, gs, swift, rclone
  }
}

/// A folder behind an ssh server's sftp subsystem.
package struct SFTPLocation: Hashable, Sendable {
  /// `nil` leaves the user to ssh's configuration.
  package let user: String?
  /// A host name, an alias of ssh's configuration or an address without brackets.
  package let host: String
  /// `nil` leaves the port to ssh's configuration.
  package let port: UInt16?
  /// Cleaned; relative paths start at the login folder.
  package let path: String
}

/// A folder behind a server that speaks restic's REST protocol.
package struct RESTLocation: Hashable, Sendable {
  package enum Transport: Hashable, Sendable {
    /// `host` without brackets.
    case tcp(usesTLS: Bool, host: String, port: UInt16?)
    case unixSocket(path: String)
  }
  package let transport: Transport
  /// `nil` when the location has neither user nor password: then the environment may give them.
  package let credentials: URLCredentials?
  /// Begins and ends with a slash; percent-encoded as it was given.
  package let path: String
}

/// A user and a password out of a URL.
///
/// The password shows in no description.
package struct URLCredentials: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
  package let user: String
  package let password: String?
  package var description: String { password == nil ? user : "\(user):***" }
  package var customMirror: Mirror { Mirror(self, children: ["user": user]) }
}

/// A bucket of an S3-compatible service.
package struct S3Location: Hashable, Sendable {
  /// Host and perhaps port of the service, never the bucket.
  package let endpoint: String
  package let usesTLS: Bool
  package let bucket: String
  /// Cleaned, without slashes around it; empty for the bucket's root.
  package let prefix: String
}

/// A bucket or container of a service whose address is not part of the location.
package struct BucketLocation: Hashable, Sendable {
  package let bucket: String
  /// Without a leading slash; empty for the bucket's root.
  package let prefix: String
}
