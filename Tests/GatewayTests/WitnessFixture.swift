import AdapterKit
import EvidenceLog
import GatewayTesting
import Synchronization
import Testing
import WireFormat

@testable import Gateway

/// A whole witness behind a transport without sockets, which can be away, hang or lie.
final class WitnessFixture: Sendable {
    enum Mood: Sendable {
        case honest
        case away
        /// Answers nothing until its caller gives up.
        case hanging
        case answering(OutboundResponse)
    }

    let name: String
    private let seed: [UInt8]
    private let mood = Mutex(Mood.honest)
    private let asked = Mutex<[AddCheckpointRequest]>([])
    private let witness = Mutex<Witness?>(nil)

    init(_ name: String) {
        self.name = name
        seed = [UInt8](repeating: name.utf8.last ?? 0, count: 32)
    }

    var member: WitnessRoster.Member {
        get throws {
            WitnessRoster.Member(
                name: name, key: try signer.verifierKey, url: "https://\(name).example")
        }
    }

    private var signer: CosignatureSigner {
        get throws { try CosignatureSigner(name: "\(name).example", seed: seed) }
    }

    /// Requests that could be read, in order.
    var requests: [AddCheckpointRequest] { asked.withLock { $0 } }

    func feel(_ mood: Mood) { self.mood.withLock { $0 = mood } }

    /// Begins to witness the platforms' open logs and `ended` ones, with an empty memory.
    func begin(_ world: GatewayWorld, logs ended: [NoteVerifierKey] = []) throws {
        let logs = try WitnessLogs(
            LogPolicy(logs: ended + world.directory.all.map(\.logVerifierKey))
        )
        let fresh = Witness(
            signer: try signer,
            logs: logs,
            store: MemoryWitnessStore(),
            time: world.time,
            logger: GatewayWorld.logger
        )
        witness.withLock { $0 = fresh }
    }

    /// Shows it a checkpoint that the world's log has never had, signed by the log's own key.
    func cosignForged(_ leaves: [TreeHash], _ world: GatewayWorld) async throws -> Int {
        let batch = TreeBatch(before: CompactRange(), leaves: leaves)
        let forged = try world.directory.signCheckpoint(
            of: world.platform.openLog,
            size: UInt64(leaves.count),
            root: batch.root
        )
        let request = try AddCheckpointRequest(oldSize: 0, proof: [], checkpoint: forged)
        return try await answer(request.serialized).status
    }

    private func answer(_ body: [UInt8]) async throws -> Witness.Answer {
        guard let witness = witness.withLock({ $0 }) else { throw StoreError.unavailable("none") }
        return try await witness.addCheckpoint(body)
    }

    func respond(_ request: OutboundRequest) async throws(TransportError) -> OutboundResponse {
        switch mood.withLock({ $0 }) {
        case .away:
            throw TransportError(code: .connectFailed, message: "away", requestWasSent: false)
        case .hanging:
            try? await Task.sleep(for: .seconds(3_600))
            throw TransportError(code: .cancelled, message: "cancelled", requestWasSent: true)
        case .answering(let response):
            if let read = try? AddCheckpointRequest(bytes: request.body) {
                asked.withLock { $0.append(read) }
            }
            return response
        case .honest:
            if let read = try? AddCheckpointRequest(bytes: request.body) {
                asked.withLock { $0.append(read) }
            }
            guard let answer = try? await answer(request.body) else {
                return OutboundResponse(status: 500)
            }
            return OutboundResponse(
                status: answer.status,
                headers: [(name: "Content-Type", value: answer.mediaType)],
                body: answer.body
            )
        }
    }

    /// A transport that reaches each of these by its host.
    static func transport(_ witnesses: [WitnessFixture]) -> ScriptedTransport {
        ScriptedTransport { (request, _) async throws(TransportError) in
            let url = request.url.withUnredacted { $0 }
            guard
                let witness = witnesses.first(where: {
                    url == "https://\($0.name).example/add-checkpoint"
                })
            else { return OutboundResponse(status: 404) }
            return try await witness.respond(request)
        }
    }
}

/// A world whose log is witnessed.
struct WitnessedWorld {
    let world: GatewayWorld
    let witnesses: [WitnessFixture]

    init(_ count: Int, threshold: Int? = nil) async throws {
        let witnesses = (0..<count).map { WitnessFixture("w\($0)") }
        let roster = try WitnessRoster(
            members: witnesses.map { try $0.member },
            threshold: threshold
        )
        let world = try await GatewayWorld {
            $0.transport = WitnessFixture.transport(witnesses)
            $0.witnesses = roster
        }
        for witness in witnesses { try witness.begin(world) }
        self.world = world
        self.witnesses = witnesses
    }

    /// Moves the clock by one interval until `condition` holds.
    func eventually(
        _ what: String, _ condition: @escaping @Sendable () async throws -> Bool
    )
        async throws
    {
        let world = world
        try await GatewayTests.eventually("\(what)") {
            if try await condition() { return true }
            world.time.advance(by: WitnessRoster.defaultInterval)
            return false
        }
    }

    /// The state of a witness, as the operator sees it.
    func state(of witness: Int) async throws -> String? {
        try await world.gateway.status(isDraining: false)["witnesses"]?.arrayValue?[witness][
            "state"
        ]?.stringValue
    }
}
