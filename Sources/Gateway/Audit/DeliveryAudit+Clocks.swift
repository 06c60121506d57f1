import CardModel
import WireFormat

/// Clocks and filings of a claim.
extension DeliveryAudit {
    /// Each clock that rang has a step that tells of it, and each such step its clock; those that
    /// have yet to ring are the claim's own.
    func checkRings(of claim: InspectedDelivery.Claim, _ report: inout AuditReport) {
        var told = toldRings(of: claim.record.id)
        var pending = pendingRings(of: claim.record)
        for row in claim.rings {
            let round = ClaimRound(timer: row.ring.timer, number: row.ring.round)
            let place = ringPlace(claim.record, round, "rung_at")
            if let rungAt = row.rungAt {
                guard let step = told.removeValue(forKey: round) else {
                    if areAllOpened { report.add(.clock, place, "no step tells that it rang") }
                    continue
                }
                if step.at != rungAt || step.dueAt != row.ring.dueAt {
                    report.add(.clock, place, "differs from the step that tells of it")
                }
            } else if let clock = pending.removeValue(forKey: round) {
                guard clock.dueAt != row.ring.dueAt else { continue }
                noteTime(
                    clock.isCountedInWorkingDays, .clock,
                    ringPlace(claim.record, round, "due_at"),
                    "is not when the claim's clock is over", &report)
            } else {
                report.add(.clock, place, "is no clock of the claim that has yet to ring")
            }
        }
        guard delivery.unreadable.isEmpty else { return }
        for round in told.keys.sorted() {
            report.add(
                .clock, ringPlace(claim.record, round, ""),
                "a step tells that it rang, and it is not there")
        }
        for round in pending.keys.sorted() {
            report.add(
                .clock, ringPlace(claim.record, round, ""),
                "the claim has this clock, and it is not there")
        }
    }

    private func ringPlace(
        _ record: ClaimRecord,
        _ round: ClaimRound,
        _ column: String
    ) -> StorePlace {
        location("claim_rings", "\(record.id.text)/\(round.text)", column)
    }

    private func toldRings(of id: ClaimID) -> [ClaimRound: (at: Instant, dueAt: Instant?)] {
        var told: [ClaimRound: (at: Instant, dueAt: Instant?)] = [:]
        for leaf in stepLeaves(of: id) {
            guard let entry = leaf.fields["step"].flatMap({ ClaimHistoryEntry(jsonValue: $0) }),
                entry.event == "timer.rung"
            else { continue }
            let words = StepWords(entry.detail)
            guard let timer = words.choice("timer", ClaimTimer.self),
                let number = words["round"]?.integerValue
            else { continue }
            told[ClaimRound(timer: timer, number: Int(clamping: number))] = (
                entry.at, words.text("due_at").flatMap { Instant(rfc3339: $0) }
            )
        }
        return told
    }

    private func pendingRings(
        of record: ClaimRecord
    ) -> [ClaimRound: (dueAt: Instant, isCountedInWorkingDays: Bool)] {
        guard let policy = policies[record.claim.policy] else { return [:] }
        let rings = record.claim.pendingRings(catalogue.ruleBook[policy.calendar])
        return Dictionary(
            rings.map { timer, round, deadline in
                (
                    ClaimRound(timer: timer, number: round),
                    (
                        deadline.instant,
                        record.claim.clocks[timer]?.clock.budget.isCountedInWorkingDays
                            ?? false
                    )
                )
            }
        ) { first, _ in first }
    }

    // MARK: Filings

    /// Each filing is as its latest step tells it, and each that a step tells of is there.
    func checkFilings(of claim: InspectedDelivery.Claim, _ report: inout AuditReport) {
        let id = claim.record.id
        var told: [String: [UInt8]] = [:]
        for leaf in stepLeaves(of: id) {
            guard let entry = leaf.fields["step"].flatMap({ ClaimHistoryEntry(jsonValue: $0) }),
                entry.event.hasPrefix("filing."),
                let filing = OutsideFiling(jsonValue: entry.detail)
            else { continue }
            told[filing.channel.rawValue] = filing.jsonValue.serialized()
        }
        for row in claim.filings {
            let channel = row.record.filing.channel.rawValue
            let place = location("filings", "\(id.text)/\(row.channel)", "record")
            if row.channel != channel || row.record.claim != id {
                report.add(.filing, place, "is of another claim or channel")
            }
            let words = told.removeValue(forKey: channel)
            if words != row.record.filing.jsonValue.serialized(), areAllOpened {
                report.add(.filing, place, "is not as the latest step tells it")
            }
        }
        guard delivery.unreadable.isEmpty else { return }
        for channel in told.keys.sorted() {
            report.add(
                .filing, location("filings", "\(id.text)/\(channel)"),
                "a step tells of it, and it is not there")
        }
    }
}

/// A clock of a claim in one of its rounds, as a key.
struct ClaimRound: Hashable, Comparable {
    let timer: ClaimTimer
    let number: Int

    var text: String { "\(timer.rawValue)/\(number)" }

    static func < (left: ClaimRound, right: ClaimRound) -> Bool {
        (left.timer.rawValue, left.number) < (right.timer.rawValue, right.number)
    }
}
