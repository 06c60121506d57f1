import AdapterKit
import Synchronization

/// The lanes of all orders.
///
/// An adapter has one for its orders; two where another issuer says what became of them. The second
/// passes that issuer's gate, and no order waits for a place at one issuer while it holds a place
/// at the other.
final class RedemptionLanes: Sendable {
    typealias Lane = IssuerLane<RedemptionWork>

    private let lanes = Mutex<[String: [Lane]]>([:])

    var all: [Lane] { lanes.withLock { $0.values.flatMap(\.self) } }

    /// Looks for orders of `adapter` that are due now.
    func wake(_ adapter: String) {
        for lane in lanes.withLock({ $0[adapter] ?? [] }) { lane.wake() }
    }

    /// - Parameter gates: the ways to the issuers, by adapter.
    init(
        _ parts: DeliveryGateway.Parts,
        gates: [String: IssuerGate],
        committer: Committer,
        runner: RedemptionRunner,
        waiters: VerdictWaiters,
        events: EventSender
    ) {
        func lane(of id: String, _ phase: RedemptionPhase?, through gate: IssuerGate) -> Lane? {
            guard let asked = parts.registry.adapter(gate.adapter) else { return nil }
            return IssuerLane(
                adapter: id,
                concurrency: asked.descriptor.limits.concurrency,
                gate: gate,
                work: RedemptionWork(
                    adapter: id,
                    phase: phase,
                    parts: parts,
                    committer: committer,
                    runner: runner,
                    waiters: waiters,
                    eventsEnqueued: { events.wake() },
                    movedOn: { [weak self] in self?.wake(id) }
                ),
                time: parts.time,
                logger: parts.logger
            )
        }
        for id in parts.registry.readyIDs {
            guard let adapter = parts.registry.adapter(id) as? any RedeemingAdapter,
                let gate = gates[id]
            else { continue }
            let found: [Lane?] =
                if case .inquiry(let settler) = runner.means(of: id, adapter),
                    let other = gates[settler]
                {
                    [lane(of: id, .planned, through: gate), lane(of: id, .open, through: other)]
                } else {
                    [lane(of: id, nil, through: gate)]
                }
            lanes.withLock { $0[id] = found.compactMap(\.self) }
        }
    }
}
