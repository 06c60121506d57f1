import AdapterKit
import CardModel

extension DeliveryGateway {
    static func gates(_ parts: Parts) -> [String: IssuerGate] {
        var gates: [String: IssuerGate] = [:]
        for id in parts.registry.readyIDs {
            guard let adapter = parts.registry.adapter(id) else { continue }
            gates[id] = IssuerGate(
                adapter: id,
                limits: adapter.descriptor.limits,
                pauses: parts.issuerPauses,
                time: parts.time,
                random: parts.random,
                logger: parts.logger
            )
        }
        return gates
    }

    static func lanes(
        _ parts: Parts,
        gates: [String: IssuerGate],
        trust: AdapterTrust,
        committer: Committer,
        policies: PolicyLibrary,
        waiters: VerdictWaiters,
        events: EventSender
    ) -> [String: IssuerLane<CheckWork>] {
        let runner = CheckRunner(
            directory: parts.directory,
            registry: parts.registry,
            catalogue: parts.catalogue,
            policies: policies,
            transport: parts.transport,
            time: parts.time,
            random: parts.random,
            reask: parts.reask,
            store: parts.store
        )
        var lanes: [String: IssuerLane<CheckWork>] = [:]
        for (id, gate) in gates {
            guard let adapter = parts.registry.adapter(id) else { continue }
            lanes[id] = IssuerLane(
                adapter: id,
                concurrency: adapter.descriptor.limits.concurrency,
                gate: gate,
                work: CheckWork(
                    adapter: id,
                    parts: parts,
                    committer: committer,
                    runner: runner,
                    trust: trust,
                    waiters: waiters,
                    eventsEnqueued: { events.wake() }
                ),
                time: parts.time,
                logger: parts.logger
            )
        }
        return lanes
    }

    /// For each adapter that has canaries, or that the store holds for degraded: one whose
    /// canaries were taken out of the configuration is trusted again, and that is told too.
    static func canaryLanes(
        _ parts: Parts,
        _ degraded: [DegradedAdapter],
        _ gates: [String: IssuerGate],
        _ trust: AdapterTrust,
        _ committer: Committer,
        reported: @escaping @Sendable (String) -> Void
    ) -> [CanaryLane] {
        gates.compactMap { id, gate -> CanaryLane? in
            guard let adapter = parts.registry.adapter(id) else { return nil }
            let plan = CanaryPlan.plan(adapter.descriptor, operators: parts.canaries[id])
            let told = degraded.first { $0.adapter == id }
            guard plan != nil || told != nil else { return nil }
            return CanaryLane(
                id: id,
                adapter: adapter,
                plan: plan ?? CanaryPlan(canaries: []),
                told: told?.canaries,
                gate: gate,
                trust: trust,
                committer: committer,
                transport: parts.transport,
                time: parts.time,
                random: parts.random,
                logger: parts.logger,
                platforms: { [directory = parts.directory, catalogue = parts.catalogue] in
                    // A product is every platform's: whoever may deliver it uses its adapter.
                    let isUsed = catalogue.all.contains { $0.adapter == id }
                    return isUsed ? directory.all.map(\.number) : []
                },
                reported: { reported(id) }
            )
        }
    }
}
