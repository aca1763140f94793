#if canImport(Glibc)
  internal import CKernel
  internal import Glibc

  let initialPIDNamespace = "pid:[4026531836]"
  let initialTimeNamespace = "time:[4026531834]"

  extension ProcessVisibility {
    /// Examines `/proc` as this process sees it.
    package static func current() -> ProcessVisibility {
      guard let processes = try? OpenFolder(path: "/proc") else {
        return ProcessVisibility(
          isInInitialPIDNamespace: nil, isInInitialTimeNamespace: nil, processFileSystemIsReal: nil,
          processFileSystemShowsOurselves: nil, mountOptionsAreKnown: false)
      }
      let mount = topMount(processes)
      return ProcessVisibility(
        isInInitialPIDNamespace: isInitial(processes, "pid", initialPIDNamespace),
        isInInitialTimeNamespace: isInitial(processes, "time", initialTimeNamespace),
        processFileSystemIsReal: isReal(),
        processFileSystemShowsOurselves: showsOurselves(processes),
        hidePIDOption: mount?.superOption("hidepid").flatMap { ["0", "off"].contains($0) ? nil : $0 },
        subsetOption: mount?.superOption("subset"), mountOptionsAreKnown: mount != nil)
    }

    /// Namespaces are younger than `/proc/self/ns`: a kernel that has the folder and not the file has no such ones.
    private static func isInitial(
      _ processes: borrowing OpenFolder, _ kind: String, _ initial: String
    ) -> Bool? {
      do throws(OpenFolder.Failure) {
        return try processes.linkTarget("self/ns/\(kind)") == initial
      } catch {
        guard error.code == ENOENT, (try? processes.folder("self/ns")) != nil else { return nil }
        return true
      }
    }

    private static func isReal() -> Bool? {
      var facts = statfs()
      guard statfs("/proc", &facts) == 0 else { return nil }
      return UInt32(truncatingIfNeeded: facts.f_type) == 0x9fa0
    }

    private static func showsOurselves(_ processes: borrowing OpenFolder) -> Bool? {
      do throws(OpenFolder.Failure) {
        return try processes.linkTarget("self") == String(getpid())
      } catch {
        // A proc file system of a namespace that we are not in has no `self` for us.
        return error.isGone ? false : nil
      }
    }

    private static func topMount(_ processes: borrowing OpenFolder) -> MountInfo? {
      let limit = 16 << 20
      guard let bytes = try? processes.bytes("self/mountinfo", byteLimit: limit), bytes.count < limit else {
        return nil
      }
      return MountInfo.topMount(at: "/proc", in: bytes)
    }
  }
#endif
