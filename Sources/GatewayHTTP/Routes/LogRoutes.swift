import EvidenceLog
import Gateway
import Hummingbird
import WireFormat

/// A platform's evidence log, public, at the paths of C2SP tlog-tiles
/// (https://c2sp.org/tlog-tiles), with its key, a policy to verify it by, and single proofs.
struct LogRoutes: Sendable {
    /// Seconds for which a checkpoint may be kept: the log moves on with every commit.
    private static let checkpointCache = "public, max-age=2"
    /// A tile of some width never changes.
    private static let tileCache = "public, max-age=31536000, immutable"
    /// Cosignatures may join a proof's checkpoint later.
    private static let proofCache = "public, max-age=60"
    private static let keyCache = "public, max-age=300"
    private static let textType = "text/plain; charset=utf-8"
    private static let binaryType = "application/octet-stream"

    let gateway: DeliveryGateway

    func add(to table: inout RouteTable) {
        let base = "/v1/platforms/{platform}"
        table.on(.get, "\(base)/log/checkpoint") { try await checkpoint($0) }
        table.on(.get, "\(base)/log/tile/**") { try await tile($0) }
        table.on(.get, "\(base)/log/vkey") { call in
            .text(
                try platform(call).logVerifierKey.vkey + "\n",
                type: Self.textType,
                cache: Self.keyCache
            )
        }
        table.on(.get, "\(base)/log/policy") { call in
            .bytes(
                try gateway.policy(of: platform(call)).serialized,
                type: Self.textType,
                cache: Self.keyCache
            )
        }
        table.on(.get, "\(base)/evidence/{index}/proof") { try await proof($0) }
    }

    private func checkpoint(_ call: Call) async throws -> Response {
        guard let note = try await gateway.log.checkpoint(of: platform(call).number) else {
            throw Problem(.notFound)
        }
        return .bytes(note, type: Self.textType, cache: Self.checkpointCache)
    }

    private func tile(_ call: Call) async throws -> Response {
        let platform = try platform(call)
        guard let extent = try await LogExtent(of: platform, in: gateway),
            let path = extent.tile("tile/" + call.parameters[1]),
            let bytes = try await gateway.log.tile(path, of: platform.number)
        else { throw Problem(.notFound) }
        return .bytes(bytes, type: Self.binaryType, cache: Self.tileCache)
    }

    private func proof(_ call: Call) async throws -> Response {
        let platform = try platform(call)
        guard let extent = try await LogExtent(of: platform, in: gateway),
            let index = extent.entry(call.parameters[1]),
            let proof = try await gateway.log.proof(ofEntry: index, platform: platform.number)
        else { throw Problem(.notFound) }
        return .bytes(proof, type: Self.textType, cache: Self.proofCache)
    }

    private func platform(_ call: Call) throws(Problem) -> Platform {
        guard let platform = gateway.directory.platform(named: String(call.parameters[0])) else {
            throw Problem(.notFound)
        }
        return platform
    }
}
