import CardModel
import EvidenceLog
import WireFormat

extension DeliveryAudit {
    func checkDelivery(_ report: inout AuditReport) {
        let record = delivery.record
        let first = delivery.notices.min { $0.number < $1.number }
        guard let first else {
            return report.add(.delivery, location("deliveries", id.text), "has no notice")
        }
        func expect(_ holds: Bool, _ column: String, _ detail: String) {
            if !holds { report.add(.delivery, location("deliveries", id.text, column), detail) }
        }
        expect(record.firstNotice == first.number, "first_notice", "is not the earliest")
        expect(
            record.createdAt == first.record.acceptedAt, "created_at",
            "is not when the first notice was accepted")
        expect(record.createdAt == id.instant, "id", "tells another time than `created_at`")
    }

    func check(_ notice: InspectedDelivery.Notice, _ report: inout AuditReport) {
        let (record, key) = (notice.record, "\(notice.number.rawValue)")
        let leafPlace = location("notices", key, "leaf_index")
        if record.platform != platform.number {
            report.add(.notice, location("notices", key, "platform"), "is not the delivery's")
        }
        guard let leaf = leaf(at: record.leafIndex, of: .notice, leafPlace, &report) else { return }
        var compared = LeafComparison(.notice, "notices", key, leaf)
        compared.expect(
            leaf.type == .delivery && leaf.notice == notice.number, "leaf_index", "typ", &report)
        compared.text(record.webhookID, "webhook_id", "event_id", &report)
        compared.text(record.stage.rawValue, "stage", "stage", &report)
        compared.text(platform.name, "platform", "platform", &report)
        compared.time(record.acceptedAt, "accepted_at", &report)
        var order = LeafComparison(.delivery, "deliveries", id.text, leaf)
        order.text(delivery.record.orderID, "order_id", "order_ref", &report)
        if notice.number == delivery.record.firstNotice {
            let buyer = leaf.text("buyer_ref").map { platform.buyerCode($0) }
            order.expect(
                delivery.record.buyerCode == buyer, "buyer_code", "buyer_ref", &report)
        }
        let own = leaves(.delivery).count { $0.notice == notice.number }
        if own != 1 {
            report.add(.notice, location("notices", key), "has \(own) leaves of its delivery")
        }
        checkAnswer(record, key, &report)
    }

    /// The answer that a repeat gets: the notice's lines with their checks, as they were written.
    private func checkAnswer(
        _ notice: NoticeRecord,
        _ key: String,
        _ report: inout AuditReport
    ) {
        let place = location("notices", key, "answer_items")
        let answered = (try? JSONValue.parse(notice.answerItems))?.arrayValue
        guard let answered, JSONValue.array(answered).serialized() == notice.answerItems else {
            return report.add(.notice, place, "is not as it was written")
        }
        for line in answered {
            let check = line["check"]?.stringValue.flatMap { CheckID($0) }
            let item = check.flatMap { index.checks[$0] }.flatMap { self.item($0.item) }
            let isRepeatOfThis = line["repeats"].map { $0.stringValue == id.text } ?? true
            guard isRepeatOfThis, let item,
                line["line"]?.integerValue == Int64(item.record.terms.line)
            else { return report.add(.notice, place, "names a check that is not of its line") }
        }
        if (try? JSONValue.parse(notice.answerIgnored))?.arrayValue == nil {
            report.add(.notice, location("notices", key, "answer_ignored"), "is no list")
        }
    }

    // MARK: Items

    mutating func check(_ item: InspectedDelivery.Item, _ report: inout AuditReport) {
        let (record, key) = (item.record, "\(item.record.number.rawValue)")
        func note(_ column: String, _ detail: String, _ kind: AuditReport.Kind = .item) {
            report.add(kind, location("items", key, column), detail)
        }
        if record.platform != platform.number { note("platform", "is not the delivery's") }
        if item.line != Int64(record.terms.line) { note("line", "differs from `terms`") }
        if policies[record.terms.policy] == nil { note("terms", "pins no policy that is kept") }
        if index.checks[record.check]?.item != record.number {
            note("check_id", "is no check of this item")
        }
        guard let notice = delivery.notices.first(where: { $0.number == record.notice }) else {
            return note("notice", "is no notice of this delivery")
        }
        guard let dataKey = dataKeys[record.notice] else { return }
        let delivered = try? SealedCode.open(
            record.sealedCode,
            under: dataKey,
            fingerprint: record.codeFingerprint
        )
        guard let code = delivered?.code else {
            return note("sealed_code", "does not open for this fingerprint", .code)
        }
        codes[record.number] = code
        checkFingerprint(record, code, &report)
        guard let leaf = leaf(at: notice.record.leafIndex) else { return }
        let line = Int64(record.terms.line)
        let fields = index.delivered[leaf.index]?[line]?.first { Self.isOf($0, code: code) }
        guard let fields else {
            return note("sealed_code", "its notice delivered no such code in this line", .code)
        }
        compareTerms(record, notice.record, fields, leaf, &report)
        checkStanding(record, &report)
    }

    private static func isOf(_ fields: JSONObject, code: CardCode) -> Bool {
        LeafContents.code(code).allSatisfy { fields[$0.name] == $0.value }
    }

    /// What a receipt added to a dispensed item stands in another notice's leaf.
    private func compareTerms(
        _ item: ItemRecord,
        _ notice: NoticeRecord,
        _ fields: JSONObject,
        _ leaf: OpenedLeaf,
        _ report: inout AuditReport
    ) {
        var compared = LeafComparison(.item, "items", "\(item.number.rawValue)", leaf)
        let terms = item.terms.value
        compared.text(terms.merchant, "terms", "merchant", &report)
        compared.expect(
            fields["product"]?.stringValue == terms.product, "terms", "product", &report)
        let isCompleted = notice.stage == .dispense
        func agrees<Value: Equatable>(_ told: Value?, _ stored: Value?) -> Bool {
            told == stored || told == nil && isCompleted
        }
        let order = leaf.fields["order"]
        compared.expect(
            agrees(fields["expires_on"]?.stringValue, terms.expiresOn?.iso8601),
            "terms", "expires_on", &report)
        compared.expect(
            terms.isFaceValueTheProducts
                ? fields["face_value"]?.isNull ?? true && isExpected(terms.faceValue, of: item)
                : agrees(fields["face_value"].flatMap { Money(jsonValue: $0) }, terms.faceValue),
            "terms", "face_value", &report)
        compared.expect(
            isPromisedAsTold(fields, terms.promised, isCompleted: isCompleted),
            "terms", LeafContents.promised, &report)
        compared.expect(
            (order?["off_platform"]?.boolValue ?? false) == terms.isOffPlatform || isCompleted,
            "terms", "order", &report)
        compared.expect(
            agrees(Self.instant(order?["placed_at"]), terms.placedAt),
            "terms", "order", &report)
        compared.expect(
            agrees(Self.instant(order?["terms_disclosed_at"]), terms.termsDisclosedAt),
            "terms", "order", &report)
        compared.expect(price(told: leaf, item) == terms.price, "terms", "order", &report)
        compared.expect(
            isDeliveredAsTold(item, notice, leaf), "delivered_at", "delivered_at", &report)
    }

    /// A dispense that left a part open had it from the receipt.
    private func isPromisedAsTold(
        _ fields: JSONObject,
        _ stored: PromisedTerms,
        isCompleted: Bool
    ) -> Bool {
        let value = fields[LeafContents.promised] ?? .null
        guard let told = value.isNull ? PromisedTerms.none : PromisedTerms(jsonValue: value) else {
            return false
        }
        return told == stored || isCompleted && told.completed(by: stored) == stored
    }

    /// The value that the product had, or one that its listing promises, stands in the verdicts
    /// that were held against it.
    private func isExpected(_ value: Money?, of item: ItemRecord) -> Bool {
        let promised = item.terms.value.promised.promises.compactMap { promise in
            if case .faceValue(let money) = promise.kind { money } else { nil }
        }
        return (index.checksOfItem[item.number] ?? []).allSatisfy { check in
            (index.leavesOfEvent[check.id.text] ?? []).allSatisfy { leaf in
                leaf.verdict?.expectedValue.map { $0 == value || promised.contains($0) } ?? true
            }
        }
    }

    /// The item's share of what the notice says was paid.
    private func price(told leaf: OpenedLeaf, _ item: ItemRecord) -> Money? {
        let order = leaf.fields["order"]
        guard let paid = order?["paid"].flatMap({ Money(jsonValue: $0) }) else { return nil }
        let lines = leaf.deliveredItems
        return lines.firstIndex { $0["line"]?.integerValue == Int64(item.terms.line) }.flatMap {
            DeliveryNotice.share(
                of: paid, place: $0, itemCount: lines.count,
                quantity: order?["quantity"]?.integerValue.map { Int(clamping: $0) })
        }
    }

    private static func instant(_ value: JSONValue?) -> Instant? {
        value?.stringValue.flatMap { Instant(rfc3339: $0) }
    }

    /// A dispensed item is delivered when a receipt of the order says so.
    private func isDeliveredAsTold(
        _ item: ItemRecord,
        _ notice: NoticeRecord,
        _ leaf: OpenedLeaf
    ) -> Bool {
        guard notice.stage == .dispense else {
            return item.deliveredAt == Self.instant(leaf.fields["delivered_at"])
        }
        guard let deliveredAt = item.deliveredAt else { return true }
        return leaves(.delivery).contains {
            $0.text("stage") == DeliveryStage.receipt.rawValue
                && Self.instant($0.fields["delivered_at"]) == deliveredAt
        }
    }

    /// Every time that stands for the item is that of an answer, or one that an issuer told.
    private func checkStanding(_ item: ItemRecord, _ report: inout AuditReport) {
        guard let standing = item.standing, areAllOpened, !isTold(standing, of: item.number) else {
            return
        }
        report.add(
            .item,
            location("items", "\(item.number.rawValue)", "standing"),
            "names a time at which no leaf of this delivery tells of anything"
        )
    }

    func isTold(_ standing: ItemRecord.Standing, of item: ItemNumber) -> Bool {
        let asked = Set((index.checksOfItem[item] ?? []).map(\.createdAt.rfc3339Seconds))
        let answers =
            [
                standing.dispenseGoodAt, standing.dispenseBadAt, standing.firstVerificationAt,
                standing.buyerSawGoodAt,
            ]
            + standing.undecidedIncidents.map(\.endedAt)
        let starts = [standing.undecidedSince] + standing.undecidedIncidents.map(\.startedAt)
        return answers.allSatisfy { $0.map { index.times.contains($0.rfc3339Seconds) } ?? true }
            && starts.allSatisfy {
                $0.map {
                    index.times.contains($0.rfc3339Seconds) || asked.contains($0.rfc3339Seconds)
                } ?? true
            }
            && standing.activatedAt.map { index.issuerTimes.contains($0) } ?? true
            && standing.replacesEndingAt.map { end in
                delivery.claims.contains { claim in
                    [claim.record.warrantyEndsAt, claim.record.opening.warrantyEndsAt].contains(end)
                        || prolongedEnds(of: claim.record.id).contains(end)
                }
            } ?? true
    }

    func checkThatItemsAreThere(_ report: inout AuditReport) {
        guard codes.count == delivery.items.count, delivery.unreadable.isEmpty else { return }
        var codesOfLine: [Int64: [CardCode]] = [:]
        for item in delivery.items {
            let code = codes[item.record.number].map { [$0] } ?? []
            codesOfLine[Int64(item.record.terms.line), default: []] += code
        }
        for leaf in leaves(.delivery) {
            for (line, delivered) in index.delivered[leaf.index] ?? [:] {
                for fields in delivered
                where !(codesOfLine[line] ?? []).contains(where: { Self.isOf(fields, code: $0) }) {
                    report.add(
                        .item, location("items", "\(id.text) line \(line)"),
                        "leaf \(leaf.index) delivers it, and it is not there")
                }
            }
        }
    }

    // MARK: Fingerprints

    /// As today's product makes them; nil when the product was another one then.
    private func fingerprints(
        _ item: ItemRecord,
        _ code: CardCode
    ) -> (code: CardFingerprint, key: CardFingerprint?)? {
        let product = catalogue.product(item.terms.product, of: platform)
        let fingerprints = fingerprinter?.fingerprints(
            issuer: product.issuer,
            code: product.format.normalise(code)
        )
        return fingerprints?.code == item.codeFingerprint ? fingerprints : nil
    }

    /// The sealed code is bound to its fingerprint, so that one cannot be changed alone.
    private func checkFingerprint(
        _ item: ItemRecord,
        _ code: CardCode,
        _ report: inout AuditReport
    ) {
        if fingerprints(item, code) == nil { report.extent.unknownFingerprints += 1 }
    }

    func check(
        _ holder: InspectedDelivery.Holder,
        in table: String,
        _ report: inout AuditReport
    ) {
        let key = Hexadecimal.encode(holder.fingerprint.bytes)
        if holder.platform != platform.number {
            report.add(.holder, location(table, key, "platform"), "is not its item's")
        }
        guard let item = item(holder.item)?.record, let code = codes[holder.item],
            let known = fingerprints(item, code)
        else { return }
        if holder.fingerprint != known.key ?? known.code {
            report.add(
                .holder, location(table, key), "is not the fingerprint of its item's code")
        }
    }

    /// Each duplicate that a leaf tells of has its row, and each row its leaf.
    func checkRepeats(_ report: inout AuditReport) {
        for holder in delivery.repeats { check(holder, in: "code_repeats", &report) }
        guard areAllOpened, delivery.unreadable.isEmpty else { return }
        let told = Set(
            leaves(.duplicate).compactMap { leaf in
                leaf.text("event_id").flatMap { CheckID($0) }.flatMap { index.checks[$0]?.item }
            })
        let kept = Set(delivery.repeats.map(\.item))
        for item in told.symmetricDifference(kept).sorted(by: { $0.rawValue < $1.rawValue }) {
            report.add(
                .holder, location("code_repeats", "\(item.rawValue)"),
                "is not as the leaves tell of duplicates")
        }
    }

    /// Whether an order's fingerprint is that under which its code is held.
    func isFingerprint(_ fingerprint: CardFingerprint, of number: ItemNumber) -> Bool {
        guard let item = item(number)?.record, let code = codes[number],
            let known = fingerprints(item, code)
        else { return true }
        return fingerprint == known.key ?? known.code
    }
}
