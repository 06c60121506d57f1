import CardModel
import Crypto
import EvidenceLog
import Gateway
import WireFormat

/// A delivery notice as a case writes it down; the bench makes it an admission.
struct NoticeDraft {
    var webhookID: String
    var order: String
    var stage = DeliveryStage.receipt
    /// Stands for the body: two drafts with the same one were the same bytes.
    var body = "body"
    var deliveredAt = StoreBench.start
    var platform: Platform?
    /// Whose order it is; the bench takes its bytes for the keyed hash.
    var buyer: String?
    var items: [ItemDraft]

    init(_ webhookID: String, order: String, _ items: ItemDraft...) {
        self.init(webhookID, order: order, items: items)
    }

    init(_ webhookID: String, order: String, items: [ItemDraft]) {
        self.webhookID = webhookID
        self.order = order
        self.items = items
    }

    func with(_ change: (inout NoticeDraft) -> Void) -> NoticeDraft {
        var draft = self
        change(&draft)
        return draft
    }
}

/// One code of a draft.
struct ItemDraft {
    var line = 1
    var serial: String?
    var key: String
    var merchant = "m-1"
    var product = "cmcc-50"
    var faceValue: Money?
    var isFaceValueTheProducts = false
    var price: Money?
    var placedAt: Instant?
    var termsDisclosedAt: Instant?
    var isReusable = false
    var adapter: String? = "issuer"
    /// What stands on the card, where there is no adapter to ask.
    var reading = CardReading.unsupported
    var policy = WarrantyPolicy.sevenDays
    var format = CardFormat.builtIn("cmcc") ?? .generic
    /// Nil: a new one.
    var check: CheckID?
    /// The remedy that the code replaces a bad one for.
    var remedy: RemedyID?

    init(_ number: Int, line: Int = 1) {
        self.line = line
        serial = ItemDraft.digits(number, count: 17)
        key = ItemDraft.digits(number, count: 18)
    }

    func with(_ change: (inout ItemDraft) -> Void) -> ItemDraft {
        var draft = self
        change(&draft)
        return draft
    }

    static func digits(_ number: Int, count: Int) -> String {
        let text = String(number)
        return "1" + String(repeating: "0", count: count - 1 - text.count) + text
    }
}

extension StoreBench {
    func admission(_ draft: NoticeDraft) throws -> Admission {
        let now = time.now()
        let drafting = newDrafting()
        let platform = draft.platform ?? self.platform
        let leaf = try drafting.leaf(
            .delivery,
            [.init(name: "event_id", value: .string(draft.webhookID))],
            at: now,
            label: "delivery"
        )
        return Admission(
            platform: platform.number,
            webhookID: draft.webhookID,
            bodyCode: Array(draft.body.utf8),
            stage: draft.stage,
            orderID: draft.order,
            buyerCode: draft.buyer.map { Array($0.utf8) },
            acceptedAt: now,
            deliveredAt: draft.stage == .receipt ? draft.deliveredAt : nil,
            delivery: DeliveryID(at: now, random: random.bytes(10)),
            items: try draft.items.map { try item($0) },
            ignored: [],
            wrappedDataKey: random.bytes(60),
            leaf: leaf,
            drafting: drafting
        )
    }

    /// Under which the code of a draft is held.
    func heldFingerprint(of draft: ItemDraft) -> CardFingerprint {
        let fingerprints = fingerprints(of: draft)
        return fingerprints.key ?? fingerprints.code
    }

    private func fingerprints(
        of draft: ItemDraft
    ) -> (code: CardFingerprint, key: CardFingerprint?) {
        let code = draft.format.normalise(
            CardCode(
                serial: draft.serial.map { SerialNumber($0) },
                key: CardKey(draft.key)
            )
        )
        return fingerprints(issuer: "cmcc", code: code)
    }

    private func item(_ draft: ItemDraft) throws -> AdmittedItem {
        let fingerprints = fingerprints(of: draft)
        return AdmittedItem(
            terms: ItemTerms(
                line: draft.line,
                product: draft.product,
                merchant: draft.merchant,
                expiresOn: nil,
                faceValue: draft.faceValue,
                isFaceValueTheProducts: draft.isFaceValueTheProducts,
                placedAt: draft.placedAt,
                termsDisclosedAt: draft.termsDisclosedAt,
                policy: try draft.policy.pin,
                price: draft.price,
                issuer: "cmcc"
            ),
            rules: ClaimRules(policy: draft.policy, calendar: .weekdays),
            codeFingerprint: fingerprints.code,
            keyFingerprint: fingerprints.key,
            sealedCode: random.bytes(80),
            isReusable: draft.isReusable,
            answerer: draft.adapter.map { .issuer(adapter: $0) } ?? .card(draft.reading),
            check: draft.check ?? CheckID(at: time.now(), random: random.bytes(10)),
            remedy: draft.remedy
        )
    }

    func newDrafting() -> LeafDrafting {
        LeafDrafting(
            seed: random.bytes(LeafDrafting.seedByteCount),
            dataKey: SymmetricKey(data: random.bytes(32))
        )
    }

    /// What an issuer's answer makes of a leased check.
    func outcome(
        _ leased: LeasedCheck,
        _ verdict: Verdict,
        policy: WarrantyPolicy = .sevenDays,
        askAgainAfter pause: Duration? = nil
    ) throws -> Change {
        let now = time.now()
        let drafting = newDrafting()
        let leaf = try drafting.leaf(
            .inquiry,
            [.init(name: "event_id", value: .string(leased.check.id.text))],
            at: now,
            label: "inquiry"
        )
        return .recordCheck(
            CheckOutcome(
                check: leased.check.id,
                leasedUntil: leased.leasedUntil,
                answeredAt: now,
                verdict: verdict,
                skewMargin: .seconds(120),
                rules: ClaimRules(policy: policy, calendar: .weekdays),
                leaf: leaf,
                drafting: drafting,
                askAgainAt: pause.map { now + $0 }
            )
        )
    }

    func lease(
        _ limit: Int = 100,
        for duration: Duration = .seconds(60)
    ) async throws
        -> [LeasedCheck]
    {
        let now = time.now()
        return try await store.leaseChecks(
            adapter: "issuer",
            limit: limit,
            now: now,
            until: now + duration
        )
    }

    /// Leases the one check that is due.
    func leaseOne() async throws -> LeasedCheck {
        let leased = try await lease(2)
        expect(leased.count, is: 1, "due checks")
        return try require(leased.first, "a due check")
    }

    /// The items part of an answer.
    func lines(_ answer: StoredAnswer) throws -> [JSONValue] {
        try JSONValue.parse(answer.items).arrayValue ?? []
    }

    func items(_ answer: StoredAnswer) async throws -> [ItemRecord] {
        try await store.items(of: answer.delivery)
    }

    /// The states of a delivery's items, by line; an undecided item is `-`.
    func states(_ answer: StoredAnswer) async throws -> [String] {
        try await items(answer).map { $0.decision?.verdict.state.rawValue ?? "-" }
    }
}

extension Verdict {
    static let good = Verdict(state: .okUnused, certainty: .authoritative)
    static let unknown = Verdict(state: .indeterminate, certainty: .derived, cause: .timedOut)

    /// An issuer's word of a use at `instant`, with its timing against the hand-over decided.
    static func used(at instant: Instant, deliveredAt: Instant = StoreBench.start) -> Verdict {
        Verdict(
            state: .used,
            certainty: .authoritative,
            issuer: IssuerStatement(code: "11", text: "used", at: instant)
        ).timed(deliveredAt: deliveredAt, zone: .shanghai, skewMargin: .seconds(120))
    }
}
