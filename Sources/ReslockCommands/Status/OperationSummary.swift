internal import ResticFormat
internal import ResticLocks

/// The forecasts of all plain commands, gathered by what happens to them.
struct OperationSummary {
  struct Group {
    let names: [String]
    let blockedBy: [ObjectID]
    let exitCodes: [Int]
    let delaySeconds: Int
    /// Those of `names` that run with `--no-lock`.
    let unlockedNames: [String]
  }

  let version: ResticVersion
  let forecasts: [Forecast]
  let runnable: [String]
  let blocked: [Group]

  init(_ obstacles: [LockObstacle], version: ResticVersion) {
    self.version = version
    forecasts = ResticOperation.all(in: version).compactMap { operation in
      guard !operation.isVariant else { return nil }
      return try? Forecast.of(operation, obstacles: obstacles, version: version)
    }
    runnable = forecasts.filter { !$0.isBlocked && $0.lock != .none }.map(\.operation.name)
    var groups: [[Forecast]] = []
    for forecast in forecasts where forecast.isBlocked {
      if let index = groups.firstIndex(where: { $0.first.map { Self.isAlike($0, forecast) } ?? false }) {
        groups[index].append(forecast)
      } else {
        groups.append([forecast])
      }
    }
    blocked = groups.compactMap { group in
      group.first.map { first in
        Group(
          names: group.map(\.operation.name), blockedBy: first.blockedBy, exitCodes: first.exitCodes,
          delaySeconds: first.delaySeconds,
          unlockedNames: group.filter { $0.waysOut.contains(.runWithoutLock) }.map(\.operation.name))
      }
    }
  }

  private static func isAlike(_ left: Forecast, _ right: Forecast) -> Bool {
    left.blockedBy == right.blockedBy && left.exitCodes == right.exitCodes
      && left.delaySeconds == right.delaySeconds
  }

  static func forecastJSON(_ forecast: Forecast) -> JSONValue {
    .object([
      ("operation", .string(forecast.operation.name)),
      ("blocked", .bool(forecast.isBlocked)),
      ("blocked_by", .strings(forecast.blockedBy.map(\.hex))),
      ("exit_codes", .array(forecast.exitCodes.map { .integer(Int64($0)) })),
      ("delay_seconds", .integer(Int64(forecast.delaySeconds))),
      ("ways_out", .strings(forecast.waysOut.map(\.jsonName))),
    ])
  }
}

extension WayOut {
  var jsonName: String {
    switch self {
    case .runWithoutLock: "run_without_lock"
    case .waitOrUnlock: "wait_or_unlock"
    case .removeDamaged: "remove_damaged"
    }
  }
}
