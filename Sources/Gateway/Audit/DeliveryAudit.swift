import CardModel
import Crypto
import EvidenceLog
import WireFormat

/// Holds the rows of one delivery against the leaves that were written about it, both ways: what
/// a row says stands in its leaf, and what a leaf tells of has its row.
struct DeliveryAudit {
    let delivery: InspectedDelivery
    let platform: Platform
    let policies: Set<PolicyPin>
    let catalogue: ProductCatalogue
    let fingerprinter: CardFingerprinter?
    /// The sealed file of an attachment; nil when there is none.
    let sealedAttachment: (AttachmentID) -> [UInt8]?

    private(set) var dataKeys: [NoticeNumber: SymmetricKey] = [:]
    private(set) var leaves: [OpenedLeaf] = []
    /// What was handed over, by item.
    var codes: [ItemNumber: CardCode] = [:]

    init(
        _ delivery: InspectedDelivery,
        platform: Platform,
        policies: Set<PolicyPin>,
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
        checkDelivery(&report)
        for notice in delivery.notices { check(notice, &report) }
        for item in delivery.items { check(item, &report) }
        checkThatItemsAreThere(&report)
        for holder in delivery.holders { check(holder, &report) }
        for check in delivery.checks { self.check(check, &report) }
        checkThatChecksAreThere(&report)
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
        case "holders": .holder
        case "checks": .check
        case "claims", "claim_history": .claim
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

    func leaf(at index: UInt64) -> OpenedLeaf? { leaves.first { $0.index == index } }

    func leaves(_ type: EvidenceType) -> [OpenedLeaf] { leaves.filter { $0.type == type } }

    /// Whether a leaf of this delivery was found damaged: then what hangs on it was told already.
    func isDamaged(_ index: UInt64) -> Bool {
        leaf(at: index) == nil && delivery.entries.contains { $0.index == index }
    }

    func item(_ number: ItemNumber) -> InspectedDelivery.Item? {
        delivery.items.first { $0.record.number == number }
    }

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
