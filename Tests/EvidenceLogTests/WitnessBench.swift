import EvidenceLog
import Testing
import WireFormat

/// A log whose trees are NaiveTree's, and a witness that remembers as a real one does.
struct WitnessBench {
    static let origin = "cardproof.example/witnessed"
    static let now = Instant(secondsSinceEpoch: 1_795_161_600)

    let log: NoteSigner
    let witness: CosignatureSigner
    let logs: WitnessLogs
    var last: WitnessedHead?

    init() throws {
        log = try NoteSigner(name: Self.origin, seed: [UInt8](repeating: 3, count: 32))
        witness = try CosignatureSigner(
            name: "witness.example/w",
            seed: [UInt8](repeating: 4, count: 32)
        )
        logs = try WitnessLogs(LogPolicy(logs: [log.verifierKey]))
    }

    /// Leaves of a history; another `fork` shares the first `shared` of them.
    static func leaves(_ count: Int, fork: Int = 0, shared: Int = 0) -> [TreeHash] {
        (0..<count).map { index in
            TreeHash.leaf(of: Array("leaf \(index) \(index < shared ? 0 : fork)".utf8))
        }
    }

    func checkpoint(_ leaves: [TreeHash]) throws -> SignedCheckpoint {
        try SignedCheckpoint(
            Checkpoint(
                origin: Self.origin,
                size: UInt64(leaves.count),
                root: NaiveTree.root(leaves)
            ),
            signedBy: log
        )
    }

    /// The request that an honest log of these leaves makes.
    func request(from old: Int, _ leaves: [TreeHash]) throws -> AddCheckpointRequest {
        var tree = NaiveTree(leaves)
        let proof = old == 0 ? [] : tree.consistency(old, 0..<leaves.count)
        return try AddCheckpointRequest(
            oldSize: UInt64(old),
            proof: proof,
            checkpoint: checkpoint(leaves)
        )
    }

    /// Decides and remembers.
    mutating func ask(
        _ request: [UInt8],
        at now: Instant = WitnessBench.now
    ) -> Result<SignedCheckpoint, WitnessRefusal> {
        do throws(WitnessRefusal) {
            let accepted = try logs.candidate(request).accepted(after: last, at: now)
            last = WitnessedHead(
                size: accepted.checkpoint.size,
                root: accepted.checkpoint.root,
                cosignedAt: now
            )
            return .success(accepted)
        } catch {
            return .failure(error)
        }
    }

    mutating func status(_ request: [UInt8]) -> Int {
        switch ask(request) {
        case .success: 200
        case .failure(let refusal): refusal.status
        }
    }
}
