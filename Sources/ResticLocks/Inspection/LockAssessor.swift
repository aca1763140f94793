internal import HostFacts
internal import ResticFormat
internal import WallTime

/// Gathers the evidence for all locks of one reading, and has each judged.
struct LockAssessor: Sendable {
  let surroundings: Surroundings
  let options: JudgementOptions
  let locality: FileSystemLocality?
  let sightings: Sightings
  /// The storage's clock minus ours; `nil` where it has none of its own.
  var storageClockOffsetSeconds: Double?

  /// The newest locks of a lineage tell all that its older ones need to know.
  private static let siblingLimit = 8

  private static let chunkLength = 500

  /// The same as for a few, with the judging of many spread over the cores.
  func assess(many files: [LockFile]) async -> [Assessment] {
    let judging = judging(files)
    let starts = Array(stride(from: 0, to: files.count, by: Self.chunkLength))
    let chunks = await concurrentMap(starts, width: ReadingLimits.concurrentRequests) { start in
      (start..<min(start + Self.chunkLength, files.count)).map(judging)
    }
    return Array(chunks.joined())
  }

  func assess(_ files: [LockFile]) -> [Assessment] { files.indices.map(judging(files)) }

  /// Gathers what all the files share, and gives back what judges the one at an index.
  private func judging(_ files: [LockFile]) -> @Sendable (Int) -> Assessment {
    let hosts = files.map { file in
      file.record.map {
        HostMatch(
          lockHostname: $0.hostname, hostName: surroundings.host.hostName, aliases: options.hostAliases)
      }
    }
    let localPIDs = zip(files, hosts).compactMap { file, host in host?.isOurs == true ? file.record?.pid : nil
    }
    let snapshot = surroundings.processes.take(Set(localPIDs))
    let judge = ProcessJudge(
      snapshot: snapshot, ownPID: surroundings.ownPID, resticExecutable: options.resticExecutable)
    let clock = surroundings.clock.read()
    let soundness = ClockSoundness.judge(
      clock, serverOffsetSeconds: storageClockOffsetSeconds, isDeclared: options.trustsClock)
    let meter = SilenceMeter(
      clock: clock, soundness: soundness,
      storageNow: storageClockOffsetSeconds.map(clock.now.adding(seconds:)))

    let silences = files.map { file in
      meter.measure(
        time: file.record?.time, modified: file.modified,
        observed: sightings.observedSilence(of: file, nowSeconds: clock.sinceBootSeconds))
    }
    let lineages = lineages(files, silences, nowSeconds: clock.sinceBootSeconds)
    return { index in
      let file = files[index]
      guard let record = file.record, let host = hosts[index] else {
        if let defect = file.defect {
          return LockJudge.judge(file, defect: defect, silence: silences[index])
        }
        return LockJudge.unopened(file)
      }
      let evidence = LockEvidence(
        clock: clock, soundness: soundness, lockTime: record.time.instant, silence: silences[index],
        host: host,
        process: judge.judge(record, host: host), lineage: lineages[index], locality: locality)
      switch options.rules {
      case .reslock: return LockJudge.judge(file, evidence)
      case .restic:
        return ResticRules.judge(file, record, evidence)
      }
    }
  }

  private func lineages(_ files: [LockFile], _ silences: [Silence], nowSeconds: Double) -> [LineageEvidence] {
    var members: [LineageKey: [Int]] = [:]
    members.reserveCapacity(files.count)
    for (index, file) in files.enumerated() {
      if let key = file.lineageKey { members[key, default: []].append(index) }
    }
    var result = [LineageEvidence](repeating: LineageEvidence(), count: files.count)
    for group in members.values {
      let byAge = group.sorted { LockFile.isOlder(files[$0], files[$1]) }
      let newest = byAge.suffix(Self.siblingLimit + 1)
      for index in byAge {
        result[index] = LineageEvidence(
          siblings: newest.filter { $0 != index }.compactMap { other in
            sibling(files[other], of: files[index], silences[other], nowSeconds: nowSeconds)
          },
          siblingCount: byAge.count - 1,
          refreshSeenSecondsAgo: sightings.refreshSeenSecondsAgo(files[index], nowSeconds: nowSeconds),
          firstSeenSecondsAgo: sightings.lineageSeenSecondsAgo(files[index], nowSeconds: nowSeconds))
      }
    }
    return result
  }

  private func sibling(
    _ other: LockFile, of file: LockFile, _ silence: Silence, nowSeconds: Double
  ) -> LineageSibling? {
    guard let id = other.id, let otherTime = other.record?.time.instant, let time = file.record?.time.instant
    else {
      return nil
    }
    let isNewerInStorage =
      if let otherModified = other.modified, let modified = file.modified { otherModified > modified } else {
        false
      }
    return LineageSibling(
      id: id, silence: silence, isNewer: otherTime > time && isNewerInStorage,
      refreshSeenSecondsAgo: sightings.refreshSeenSecondsAgo(other, nowSeconds: nowSeconds))
  }
}
