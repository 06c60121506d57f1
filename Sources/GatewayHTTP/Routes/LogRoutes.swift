import EvidenceLog
import Gateway
import Hummingbird
import WireFormat

/// A platform's open evidence log, public, at the paths of C2SP tlog-tiles
/// (https://c2sp.org/tlog-tiles), with its key, a policy to verify it by, and single proofs; the
/// logs that ended before it at the same paths under their ordinals.
struct LogRoutes: Sendable {
    /// Seconds for which a checkpoint may be kept: the log moves on with every commit.
    private static let checkpointCache = "public, max-age=2"
    /// A tile of some width never changes.
    private static let tileCache = "public, max-age=31536000, immutable"
    /// At the address of the open log stands another log when that one has ended.
    private static let openTileCache = "public, max-age=60"
    /// Cosignatures may join a proof's checkpoint later.
    private static let proofCache = "public, max-age=60"
    private static let keyCache = "public, max-age=300"
    /// A claim that closes adds a line.
    private static let outcomesCache = "public, max-age=60"
    private static let textType = "text/plain; charset=utf-8"
    private static let linesType = "application/jsonl"
    private static let binaryType = "application/octet-stream"

    let gateway: DeliveryGateway
    /// The first line of a file of outcomes counts what every merchant delivered.
    private let publishing = WorkLimit<PlatformNumber>(
        mostAtOnce: 2, mostWaiting: 64, mostOfOne: 64)

    init(gateway: DeliveryGateway) {
        self.gateway = gateway
    }

    func add(to table: inout RouteTable) {
        let base = "/v1/platforms/{platform}"
        add(to: &table, at: "\(base)/log", Self.openTileCache) {
            try await openLog(of: platform($0))
        }
        add(to: &table, at: "\(base)/log/{log}", Self.tileCache) { try await log($0) }
        table.on(.get, "\(base)/log/policy") { call in
            // All of them, so that what an earlier log signed is believed as well.
            let logs = try await gateway.log.logs(of: platform(call).number)
            return try policy(of: logs)
        }
        table.on(.get, "\(base)/log/{log}/policy") { try await policy(of: [log($0)]) }
        table.on(.get, "\(base)/logs") { call in
            let platform = try platform(call)
            return .json(try await gateway.logs(of: platform))
        }
        table.on(.get, "\(base)/evidence/{index}/proof") { try await proof($0) }
    }

    /// The files of one log: its checkpoint, key and tiles.
    private func add(
        to table: inout RouteTable,
        at base: String,
        _ tileCache: String,
        _ log: @escaping @Sendable (Call) async throws -> LogRecord
    ) {
        table.on(.get, "\(base)/checkpoint") { call in
            guard let note = try await gateway.log.checkpoint(of: log(call)) else {
                throw Problem(.notFound)
            }
            return .bytes(note, type: Self.textType, cache: Self.checkpointCache)
        }
        table.on(.get, "\(base)/vkey") { call in
            .text(try await log(call).vkey + "\n", type: Self.textType, cache: Self.keyCache)
        }
        table.on(.get, "\(base)/outcomes.jsonl") { call in
            try await outcomes(call, of: log(call))
        }
        table.on(.get, "\(base)/tile/**") { call in
            let log = try await log(call)
            let extent = try await LogExtent(of: log, in: gateway)
            guard let rest = call.parameters.last, let path = extent.tile("tile/" + rest),
                let bytes = try await gateway.log.tile(path, of: log, size: extent.size)
            else { throw Problem(.notFound) }
            return .bytes(bytes, type: Self.binaryType, cache: tileCache)
        }
    }

    /// How the claims ended whose leaves are in the log, and what their merchants' grades are
    /// computed from (docs/merchant-grades.md).
    private func outcomes(_ call: Call, of log: LogRecord) async throws -> Response {
        let query = try QueryParameters(call.request.uri.query, known: ["as_of", "size"])
        let size = query["size"].map { UInt64($0) }
        if case .some(nil) = size { throw QueryParameters.problem("size", .malformed) }
        let asOf = try query.instant("as_of")
        let platform = try platform(call)
        let publication = try await publishing.run(for: platform.number) {
            try await gateway.outcomePublication(
                of: log, platform: platform, asOf: asOf, size: size ?? nil)
        }
        return .publication(publication, type: Self.linesType, cache: Self.outcomesCache)
    }

    private func policy(of logs: [LogRecord]) throws -> Response {
        .bytes(
            try gateway.policy(of: logs).serialized,
            type: Self.textType,
            cache: Self.keyCache
        )
    }

    private func proof(_ call: Call) async throws -> Response {
        let platform = try platform(call)
        guard let extent = try await LogExtent(of: platform, in: gateway),
            let index = extent.entry(call.parameters[1]),
            let proof = try await gateway.log.proof(ofEntry: index, platform: platform.number)
        else { throw Problem(.notFound) }
        return .bytes(proof, type: Self.textType, cache: Self.proofCache)
    }

    private func openLog(of platform: Platform) async throws -> LogRecord {
        guard let log = try await gateway.log.logs(of: platform.number).last else {
            throw Problem(.notFound)
        }
        return log
    }

    /// The log of the path: its ordinal, decimal, without leading zeros.
    private func log(_ call: Call) async throws -> LogRecord {
        let logs = try await gateway.log.logs(of: platform(call).number)
        guard let log = logs.first(where: { String($0.ordinal) == call.parameters[1] }) else {
            throw Problem(.notFound)
        }
        return log
    }

    private func platform(_ call: Call) throws(Problem) -> Platform {
        guard let platform = gateway.directory.platform(named: String(call.parameters[0])) else {
            throw Problem(.notFound)
        }
        return platform
    }
}
