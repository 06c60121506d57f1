import CardModel
import Crypto
import EvidenceLog
import WireFormat

/// Holds the rows of one delivery against the leaves that were written about it, both ways: what
/// a row says stands in its leaf, and what a leaf tells of has its row.
struct DeliveryAudit {
    let delivery: InspectedDelivery
    let platform: Platform
    /// Those whose text hashes to their key.
    let policies: [PolicyPin: WarrantyPolicy]
    let catalogue: ProductCatalogue
    let fingerprinter: CardFingerprinter?
    /// The sealed file of an attachment; nil when there is none.
    let sealedAttachment: (AttachmentID) -> [UInt8]?

    private(set) var dataKeys: [NoticeNumber: SymmetricKey] = [:]
    private(set) var leaves: [OpenedLeaf] = []
    private(set) var index = DeliveryIndex()
    /// What was handed over, by item.
    var codes: [ItemNumber: CardCode] = [:]

    init(
        _ delivery: InspectedDelivery,
        platform: Platform,
        policies: [PolicyPin: WarrantyPolicy],
        catalogue: ProductCatalogue,
        fingerprinter: CardFingerprinter?,
        sealedAttachment: @escaping (AttachmentID) -> [UInt8]?
    ) {
        self.delivery = delivery
        self.platform = platform
        self.policies = policies
        self.catalogue = catalogue
        self.fingerprinter = fingerprinter
        self.sealedAttachment = sealedAttachment
    }

    var id: DeliveryID { delivery.record.id }

    mutating func run(_ report: inout AuditReport) {
        for place in delivery.unreadable {
            report.add(Self.kind(of: place), place, "does not hold what was written")
        }
        openDataKeys(&report)
        openLeaves(&report)
        index = DeliveryIndex(delivery, leaves)
        checkDelivery(&report)
        for notice in delivery.notices { check(notice, &report) }
        for item in delivery.items { check(item, &report) }
        checkThatItemsAreThere(&report)
        for holder in delivery.holders { check(holder, in: "holders", &report) }
        for check in delivery.checks { self.check(check, &report) }
        checkThatChecksAreThere(&report)
        checkRepeats(&report)
        for claim in delivery.claims { check(claim, &report) }
        checkThatClaimsAreThere(&report)
        for consent in delivery.consents { check(consent, &report) }
        for order in delivery.redemptions { check(order, &report) }
        for attachment in delivery.attachments { check(attachment, &report) }
        checkThatAttachmentsAreThere(&report)
        checkThatActsAreThere(&report)
    }

    /// What a row that cannot be read is a record of.
    static func kind(of place: StorePlace) -> AuditReport.Kind {
        switch place.table {
        case "notices": .notice
        case "data_keys": .dataKey
        case "deliveries": .delivery
        case "items": .item
        case "holders", "code_repeats": .holder
        case "checks": .check
        case "claims", "claim_history": .claim
        case "claim_rings": .clock
        case "remedies": .remedy
        case "filings": .filing
        case "ledger_entries", "ledger_balances": .deposit
        case "consents": .consent
        case "redemptions": .redemption
        case "attachments": .attachment
        case "entries": .leaf
        default: .row
        }
    }

    private mutating func openDataKeys(_ report: inout AuditReport) {
        for notice in delivery.notices {
            let place = StorePlace(
                "data_keys", key: "\(notice.number.rawValue)", column: "wrapped")
            guard let wrapped = notice.wrappedDataKey else {
                report.add(.dataKey, place, "is gone, and no leaf tells of an erasure")
                continue
            }
            guard let key = try? platform.unwrap(wrapped) else {
                report.add(.dataKey, place, "does not open under the platform's key")
                continue
            }
            dataKeys[notice.number] = key
        }
    }

    private mutating func openLeaves(_ report: inout AuditReport) {
        for entry in delivery.entries {
            guard let notice = entry.record.notice, let key = dataKeys[notice] else { continue }
            do throws(RecordAudit.Mismatch) {
                leaves.append(
                    try RecordAudit.open(entry, notice: notice, dataKey: key))
                report.extent.records += 1
            } catch {
                report.add(
                    error.kind,
                    location("entries", "\(platform.name)/\(entry.index)", "sealed_record"),
                    error.detail
                )
            }
        }
    }

    // MARK: What the parts of the audit share

    func location(_ table: String, _ key: String, _ column: String = "") -> StorePlace {
        StorePlace(table, key: key, column: column)
    }

    func leaf(at place: UInt64) -> OpenedLeaf? { index.leaves[place] }

    func leaves(_ type: EvidenceType) -> [OpenedLeaf] { index.leavesOfType[type] ?? [] }

    /// Whether a leaf of this delivery was found damaged: then what hangs on it was told already.
    func isDamaged(_ place: UInt64) -> Bool { index.damaged.contains(place) }

    /// Whether every leaf of this delivery could be opened.
    var areAllOpened: Bool { index.damaged.isEmpty }

    func item(_ number: ItemNumber) -> InspectedDelivery.Item? { index.items[number] }

    /// The leaf that a row names; nil, and a finding, when it is none of this delivery.
    func leaf(
        at index: UInt64,
        of kind: AuditReport.Kind,
        _ place: StorePlace,
        _ report: inout AuditReport
    ) -> OpenedLeaf? {
        if let leaf = leaf(at: index) { return leaf }
        if !isDamaged(index) {
            report.add(kind, place, "names leaf \(index), which is not its own")
        }
        return nil
    }
}

/// What is looked up more than once: an order may have a thousand items, and several leaves each.
struct DeliveryIndex {
    var leaves: [UInt64: OpenedLeaf] = [:]
    var leavesOfType: [EvidenceType: [OpenedLeaf]] = [:]
    /// By `event_id`.
    var leavesOfEvent: [String: [OpenedLeaf]] = [:]
    /// Places of leaves that could not be opened.
    var damaged: Set<UInt64> = []
    /// When anything was told, to the second.
    var times: Set<String> = []
    /// Times that issuers told.
    var issuerTimes: Set<Instant> = []
    var items: [ItemNumber: InspectedDelivery.Item] = [:]
    var checks: [CheckID: CheckRecord] = [:]
    var checksOfItem: [ItemNumber: [CheckRecord]] = [:]
    /// The items that a leaf delivers, by leaf and line.
    var delivered: [UInt64: [Int64: [JSONObject]]] = [:]

    init() {}

    init(_ delivery: InspectedDelivery, _ opened: [OpenedLeaf]) {
        damaged = Set(delivery.entries.map(\.index))
        for leaf in opened {
            damaged.remove(leaf.index)
            leaves[leaf.index] = leaf
            if let type = leaf.type { leavesOfType[type, default: []].append(leaf) }
            if let event = leaf.text("event_id") { leavesOfEvent[event, default: []].append(leaf) }
            times.insert(leaf.time.rfc3339Seconds)
            if let instant = leaf.verdict?.issuer?.at { issuerTimes.insert(instant) }
            guard leaf.type == .delivery else { continue }
            for fields in leaf.deliveredItems {
                let line = fields["line"]?.integerValue ?? 0
                delivered[leaf.index, default: [:]][line, default: []].append(fields)
            }
        }
        for item in delivery.items { items[item.record.number] = item }
        for check in delivery.checks {
            checks[check.id] = check
            checksOfItem[check.item, default: []].append(check)
        }
    }
}

/// Compares what a row says with what its leaf commits to, and notes the first difference.
struct LeafComparison {
    let kind: AuditReport.Kind
    let table: String
    let key: String
    let leaf: OpenedLeaf
    private var isTold = false

    init(_ kind: AuditReport.Kind, _ table: String, _ key: String, _ leaf: OpenedLeaf) {
        self.kind = kind
        self.table = table
        self.key = key
        self.leaf = leaf
    }

    mutating func expect(
        _ holds: Bool,
        _ column: String,
        _ field: String,
        _ report: inout AuditReport
    ) {
        guard !holds, !isTold else { return }
        isTold = true
        report.add(
            kind,
            StorePlace(table, key: key, column: column),
            "differs from `\(field)` in leaf \(leaf.index)"
        )
    }
}

extension LeafComparison {
    /// A text column against a field.
    mutating func text(
        _ value: String?,
        _ column: String,
        _ field: String,
        _ report: inout AuditReport
    ) {
        expect(value == leaf.text(field), column, field, &report)
    }

    mutating func time(_ value: Instant, _ column: String, _ report: inout AuditReport) {
        expect(leaf.isOf(value), column, "t", &report)
    }
}
