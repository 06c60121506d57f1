import AdapterKit
import CardModel
import EvidenceLog
import WireFormat

extension DeliveryAudit {
    func check(_ claim: InspectedDelivery.Claim, _ report: inout AuditReport) {
        let (record, key) = (claim.record, claim.record.id.text)
        func expect(_ holds: Bool, _ column: String, _ detail: String = "differs from `record`") {
            if !holds { report.add(.claim, location("claims", key, column), detail) }
        }
        expect(claim.id == record.id.bytes, "id")
        expect(claim.platform == record.platform && record.platform == platform.number, "platform")
        expect(claim.item == record.item && record.delivery == id, "item")
        expect(claim.merchant == record.merchant, "merchant")
        expect(claim.batch == record.batch?.bytes, "batch")
        expect(claim.against == record.claim.against.rawValue, "against")
        expect(claim.filedAt == record.claim.filedAt, "filed_at")
        expect(
            claim.buyerCode == record.buyerCode && claim.buyerCode == delivery.record.buyerCode,
            "buyer_code")
        expect(record.claim.filedAt == record.id.instant, "id")
        expect(claim.family == record.claim.family.rawValue, "family")
        expect(claim.demand == record.claim.demand.rawValue, "demand")
        expect(claim.state == record.claim.state.rawValue, "state")
        expect(claim.tracking == record.tracking.text, "tracking")
        expect(claim.dueAt == record.dueAt, "due_at")
        expect(
            isConfirmedAsTold(record), "record", "has a `confirmed_at` at which nothing was found")
        checkHistory(claim, &report)
        checkReplay(of: claim, &report)
        checkOutcomes(of: claim, &report)
        let place = location("claims", key, "record")
        guard let leaf = leaf(at: record.leafIndex, of: .claim, place, &report) else { return }
        var compared = LeafComparison(.claim, "claims", key, leaf)
        compared.text(key, "record", "event_id", &report)
        compared.text(record.opening.against.rawValue, "record", "against", &report)
        compared.text(record.claim.family.rawValue, "record", "family", &report)
        compared.text(
            record.opening.reportedVia.rawValue, "record", "reported_via", &report)
        compared.text(record.opening.reportedBy.rawValue, "record", "reported_by", &report)
        compared.text(record.merchant, "record", "merchant", &report)
        compared.text(record.product, "record", "product", &report)
        compared.expect(
            leaf.fields["line"]?.integerValue == Int64(record.line), "record", "line", &report)
        compared.expect(
            leaf.verdict == record.verdict,
            "record", "verdict", &report)
        compared.expect(
            leaf.fields["policy"].flatMap { PolicyPin(jsonValue: $0) } == record.claim.policy,
            "record", "policy", &report)
        compared.expect(
            record.claim.defect == record.verdict.state, "record", "verdict", &report)
        let ends = leaf.fields["warranty"]?["ends_at"]?.stringValue
        compared.expect(
            ends == record.opening.warrantyEndsAt?.rfc3339, "record", "warranty", &report)
        compared.time(record.claim.filedAt, "record", &report)
    }

    /// What confirms a statement is an answer about its line, of that time and of its own family; a
    /// claim that opened on a finding needs none.
    private func isConfirmedAsTold(_ record: ClaimRecord) -> Bool {
        guard let confirmedAt = record.confirmedAt else { return true }
        guard !record.verdict.certainty.isFinding else { return false }
        guard areAllOpened else { return true }
        return (leaves(.inquiry) + leaves(.duplicate) + leaves(.redemption)).contains { leaf in
            guard let verdict = leaf.verdict, leaf.isOf(confirmedAt) else { return false }
            return leaf.fields["line"]?.integerValue == Int64(record.line)
                && verdict.certainty.isFinding && verdict.state.standing == .defective
                && verdict.state.defectFamily == record.claim.family
        }
    }

    /// The opening's two steps, then one for each leaf of a step, in order and no other.
    private func checkHistory(
        _ claim: InspectedDelivery.Claim,
        _ report: inout AuditReport
    ) {
        let (record, key) = (claim.record, claim.record.id.text)
        let steps = stepLeaves(of: record.id)
        var previous: ClaimState?
        for (number, (step, entry)) in claim.history.enumerated() {
            let place = location("claim_history", "\(key)/\(step)", "entry")
            guard step == Int64(number) + (claim.history.first?.step ?? 0), entry.from == previous
            else { return report.add(.claim, place, "does not follow the step before it") }
            previous = entry.to
            if number < Self.openingSteps {
                let actor = number == 0 ? record.opening.reportedBy : .system
                guard entry.at == record.claim.filedAt, entry.actor == actor else {
                    return report.add(.claim, place, "is not the claim's opening")
                }
            } else if number - Self.openingSteps < steps.count {
                let leaf = steps[number - Self.openingSteps]
                let told = leaf.fields["step"].flatMap { ClaimHistoryEntry(jsonValue: $0) }
                guard told?.canonicalBytes == entry.canonicalBytes else {
                    return report.add(.claim, place, "differs from `step` in leaf \(leaf.index)")
                }
            }
        }
        if areAllOpened, claim.history.count != steps.count + Self.openingSteps {
            report.add(
                .claim, location("claim_history", key),
                "\(claim.history.count) steps, its leaves tell of "
                    + "\(steps.count + Self.openingSteps)")
        }
        if previous != record.claim.state {
            report.add(
                .claim, location("claims", key, "record"), "is in another state than its last step")
        }
        let entered = claim.history.filter { $0.entry.to == record.claim.state }.map(\.entry.at)
        if !entered.contains(record.claim.enteredAt) {
            report.add(
                .claim, location("claims", key, "record"), "entered its state at another time")
        }
    }

    private static var openingSteps: Int { 2 }

    func checkThatClaimsAreThere(_ report: inout AuditReport) {
        guard delivery.unreadable.isEmpty else { return }
        let known = Set(delivery.claims.map(\.record.id.text))
        for leaf in leaves(.claim) {
            guard let id = leaf.text("event_id"), !known.contains(id) else { continue }
            report.add(
                .claim, location("claims", id),
                "leaf \(leaf.index) tells of it, and it is not there")
        }
    }

    // MARK: Consents and orders

    func check(_ consent: ConsentRecord, _ report: inout AuditReport) {
        let key = consent.id.text
        func note(_ column: String, _ detail: String) {
            report.add(.consent, location("consents", key, column), detail)
        }
        if item(consent.item) == nil { note("item", "is no item of this delivery") }
        if consent.recordedAt != consent.id.instant { note("recorded_at", "is not its id's time") }
        let place = location("consents", key, "leaf_index")
        guard let leaf = leaf(at: consent.leafIndex, of: .consent, place, &report) else { return }
        var compared = LeafComparison(.consent, "consents", key, leaf)
        compared.text(key, "id", "event_id", &report)
        compared.text(consent.operation.rawValue, "operation", "operation", &report)
        compared.text(consent.givenBy.rawValue, "given_by", "given_by", &report)
        compared.text(consent.givenAt.rfc3339, "given_at", "given_at", &report)
        compared.text(
            consent.statementSHA256.map { Hexadecimal.encode($0) },
            "statement_sha256", "statement_sha256", &report)
        let line = item(consent.item)?.record.terms.line
        compared.expect(
            leaf.fields["line"]?.integerValue == line.map { Int64($0) }, "item", "line", &report)
        guard let dataKey = dataKeys[leaf.notice] else { return }
        let account = consent.sealedBeneficiary.map {
            (try? Sealing.open($0, under: dataKey, context: consent.id.bytes))
                .map { String(decoding: $0, as: UTF8.self) }
        }
        if case .some(nil) = account { return note("sealed_beneficiary", "does not open") }
        compared.text(
            account ?? nil, "sealed_beneficiary", LeafContents.beneficiary, &report)
    }

    func check(_ order: RedemptionRecord, _ report: inout AuditReport) {
        let key = order.number.text
        func note(_ column: String, _ detail: String) {
            report.add(.redemption, location("redemptions", key, column), detail)
        }
        if order.platform != platform.number { note("platform", "is not its item's") }
        if item(order.item) == nil { note("item", "is no item of this delivery") }
        if !delivery.consents.contains(where: { $0.id == order.consent && $0.item == order.item }) {
            note("consent", "is none of its item")
        }
        if index.checks[order.check]?.item != order.item {
            note("check_id", "is none of its item")
        }
        if !isFingerprint(order.fingerprint, of: order.item) {
            note("fingerprint", "is not that of its item's code")
        }
        guard areAllOpened else { return }
        let intent = leaves(.redemption).first { $0.fields["intent"]?["order"]?.stringValue == key }
        if let intent {
            var compared = LeafComparison(.redemption, "redemptions", key, intent)
            let told = intent.fields["intent"]
            compared.expect(
                told?["adapter"]?.stringValue == order.adapter, "adapter", "intent", &report)
            compared.expect(
                told?["placed_at"]?.stringValue == order.placedAt?.rfc3339,
                "placed_at", "intent", &report)
            compared.expect(
                told?["consent"]?.stringValue == order.consent.text, "consent", "intent", &report)
        } else if order.placedAt != nil {
            note("placed_at", "no leaf tells of the intent")
        }
        checkState(of: order, wasIntended: intent != nil, &report)
    }

    /// An order is where the words about it have brought it.
    private func checkState(
        of order: RedemptionRecord,
        wasIntended: Bool,
        _ report: inout AuditReport
    ) {
        let words = leaves(.redemption).compactMap { leaf -> String? in
            guard let word = leaf.fields["links"]?["redemption"],
                word["order"]?.stringValue == order.number.text
            else { return nil }
            return word["disposition"]?.stringValue
        }
        let isTold =
            switch order.state {
            case .planned: !wasIntended && words.isEmpty
            case .intended: wasIntended
            case .accepted: words.contains("accepted")
            case .unknown: words.contains("unknown")
            case .settled: words.contains("settled")
            // One that was planned may be refused its intent, and leaves no word.
            case .notTaken: words.contains("not_taken") || !wasIntended
            case .person: !words.isEmpty || wasIntended
            }
        if !isTold {
            report.add(
                .redemption, location("redemptions", order.number.text, "state"),
                "no leaf tells of what brought it there")
        }
    }

    func checkThatActsAreThere(_ report: inout AuditReport) {
        guard delivery.unreadable.isEmpty else { return }
        let consents = Set(delivery.consents.map(\.id.text))
        for leaf in leaves(.consent) where !consents.contains(leaf.text("event_id") ?? "") {
            report.add(
                .consent, location("consents", leaf.text("event_id") ?? ""),
                "leaf \(leaf.index) tells of it, and it is not there")
        }
        let orders = Set(delivery.redemptions.map(\.number.text))
        for leaf in leaves(.redemption) {
            let word = leaf.fields["intent"] ?? leaf.fields["links"]?["redemption"]
            guard let order = word?["order"]?.stringValue, !orders.contains(order) else { continue }
            report.add(
                .redemption, location("redemptions", order),
                "leaf \(leaf.index) tells of it, and it is not there")
        }
    }
}

extension ClaimHistoryEntry {
    /// The entry whatever order its members are in: the leaf has them sorted.
    fileprivate var canonicalBytes: [UInt8]? {
        (try? JSONValue.parse(storedBytes)).flatMap { try? $0.canonical() }
    }
}
