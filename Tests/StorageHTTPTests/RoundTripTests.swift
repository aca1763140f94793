import BackendServers
import TestSupport
import Testing

@Suite struct RoundTripTests {
  @Test(
    "unlock removes a killed restic's lock from a server, and undo brings it back",
    arguments: [RealRestic.Kind.rest, .restAppendOnly, .restTLSPrivate, .moto, .swift, .google])
  func unlocks(_ kind: RealRestic.Kind) async throws {
    let place = try await kind.start()
    try await LockRoundTrip(place.location, environment: place.environment).check()
    withExtendedLifetime(place) {}
  }

  @Test(
    "a bucket in the layout of restic before 0.8 is never called free while a lock is in it, without being told of it",
    arguments: [RealRestic.Kind.moto, .swift])
  func legacy(_ kind: RealRestic.Kind) async throws {
    let place = try await kind.start()
    try await LockRoundTrip(
      place.location, with: .oldest, options: ["s3.layout=s3legacy"], environment: place.environment,
      reslockOptions: []
    ).check()
    withExtendedLifetime(place) {}
  }
}
