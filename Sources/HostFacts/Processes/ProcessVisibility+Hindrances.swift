extension ProcessVisibility {
  /// Why a process of this machine might exist unseen, one sentence each; empty when none could.
  package var hindrances: [String] {
    var sentences: [String] = []
    switch isInInitialPIDNamespace {
    case true: break
    case false:
      sentences.append("this program runs in a PID namespace of its own: processes outside it are invisible")
    case nil:
      sentences.append("the PID namespace of this program is not known: processes outside it are invisible")
    }
    switch isInInitialTimeNamespace {
    case true: break
    case false: sentences.append("this program runs in a time namespace of its own: start times are shifted")
    case nil: sentences.append("the time namespace of this program is not known: start times may be shifted")
    }
    switch processFileSystemIsReal {
    case true: break
    case false: sentences.append("/proc is not a proc file system: processes are invisible")
    case nil: sentences.append("/proc can't be examined: processes may be invisible")
    }
    switch processFileSystemShowsOurselves {
    case true: break
    case false: sentences.append("/proc shows the processes of another PID namespace than this program's")
    case nil: sentences.append("/proc/self can't be read: /proc may be that of another PID namespace")
    }
    if let hidePIDOption {
      sentences.append("/proc is mounted with hidepid=\(hidePIDOption): processes of other users are hidden")
    }
    if let subsetOption {
      sentences.append("/proc is mounted with subset=\(subsetOption): parts of it are left out")
    }
    if !mountOptionsAreKnown {
      sentences.append("the options of the mount on /proc can't be read: it may hide processes")
    }
    return sentences
  }
}
