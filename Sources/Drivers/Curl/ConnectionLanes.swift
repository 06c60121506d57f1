/// Who may connect now and who waits: one lane a destination, served in turn, so that a slow
/// issuer's queue holds up nobody else's.
struct ConnectionLanes<Item> {
    private struct Lane {
        var active = 0
        var waiting: ArraySlice<(item: Item, deadline: ContinuousClock.Instant)> = []
    }

    /// Connections that a lane gets out of the common reserve.
    static var reservedPerLane: Int { 4 }

    let perLane: Int
    let total: Int
    let waitingLimit: Int
    /// The last quarter is for lanes that have few connections yet: many destinations that hang
    /// cannot take every connection from one that answers.
    private var unreserved: Int { total - total / 4 }
    /// No lane fills the common queue alone.
    private var waitingPerLane: Int { (waitingLimit + 1) / 2 }

    private var lanes: [OutboundDestination: Lane] = [:]
    /// Lanes with somebody waiting, the next to be served first.
    private var turns: ArraySlice<OutboundDestination> = []
    private(set) var activeCount = 0
    private(set) var waitingCount = 0
    /// Not later than the first deadline among those that wait; nil when nobody waits.
    private(set) var earliestDeadline: ContinuousClock.Instant?

    init(perLane: Int, total: Int, waitingLimit: Int) {
        self.perLane = perLane
        self.total = total
        self.waitingLimit = waitingLimit
    }

    /// Puts `item` at the end of its lane; false when too many wait already. A request that can
    /// start at once does not count as waiting.
    mutating func enqueue(
        _ item: Item,
        to destination: OutboundDestination,
        deadline: ContinuousClock.Instant
    ) -> Bool {
        let lane = lanes[destination, default: Lane()]
        let startsAtOnce = mayStart(lane) && lane.waiting.isEmpty
        let mayWait = waitingCount < waitingLimit && lane.waiting.count < waitingPerLane
        guard startsAtOnce || mayWait else { return false }
        if lane.waiting.isEmpty { turns.append(destination) }
        lanes[destination, default: Lane()].waiting.append((item, deadline))
        waitingCount += 1
        earliestDeadline = min(earliestDeadline ?? deadline, deadline)
        return true
    }

    private func mayStart(_ lane: Lane) -> Bool {
        guard activeCount < total, lane.active < perLane else { return false }
        return activeCount < unreserved || lane.active < Self.reservedPerLane
    }

    /// Takes the next item that may have a connection; nil when nobody waits or no connection is
    /// free. `release` gives the connection back.
    mutating func next() -> Item? {
        guard activeCount < total else { return nil }
        for _ in 0..<turns.count {
            guard let destination = turns.popFirst() else { return nil }
            guard mayStart(lanes[destination, default: Lane()]) else {
                turns.append(destination)
                continue
            }
            guard let entry = lanes[destination]?.waiting.popFirst() else { continue }
            if lanes[destination]?.waiting.isEmpty == false { turns.append(destination) }
            lanes[destination]?.active += 1
            activeCount += 1
            waitingCount -= 1
            if waitingCount == 0 { earliestDeadline = nil }
            return entry.item
        }
        return nil
    }

    mutating func release(_ destination: OutboundDestination) {
        guard let lane = lanes[destination], lane.active > 0 else { return }
        activeCount -= 1
        if lane.active == 1, lane.waiting.isEmpty {
            lanes[destination] = nil
        } else {
            lanes[destination]?.active -= 1
        }
    }

    /// Takes out the waiting items that `isMeant` picks, and those whose deadline has come.
    mutating func remove(
        dueAt now: ContinuousClock.Instant? = nil,
        where isMeant: (Item) -> Bool = { _ in false }
    ) -> [Item] {
        var removed: [Item] = []
        var earliest: ContinuousClock.Instant?
        for (destination, lane) in lanes where !lane.waiting.isEmpty {
            var kept = lane
            kept.waiting = []
            for entry in lane.waiting {
                let isDue = now.map { entry.deadline <= $0 } ?? false
                if isDue || isMeant(entry.item) {
                    removed.append(entry.item)
                } else {
                    kept.waiting.append(entry)
                    earliest = min(earliest ?? entry.deadline, entry.deadline)
                }
            }
            lanes[destination] = kept.active == 0 && kept.waiting.isEmpty ? nil : kept
        }
        turns = turns.filter { lanes[$0]?.waiting.isEmpty == false }[...]
        waitingCount -= removed.count
        earliestDeadline = earliest
        return removed
    }
}
