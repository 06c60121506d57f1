import CardModel
import EvidenceLog
import WireFormat

/// The events of a delivery in order, a row each: what Stripe calls an access activity log and a
/// court a course of events.
struct BundleTimeline {
    let material: BundleMaterial

    init(_ material: BundleMaterial) {
        self.material = material
    }

    static let header =
        "index,leaf_hash,time,not_before,not_after,type,outcome,actor,line,node,proves"

    /// Only words, numbers and times: nothing that a spreadsheet would take for a formula.
    var csv: [UInt8] {
        let brackets = material.brackets
        let others = Set(material.otherSales.entries.map(\.index))
        let rows = material.provenEntries.compactMap { entry in
            Self.row(
                entry,
                brackets[entry.index] ?? TimeBracket(),
                isOtherSale: others.contains(entry.index)
            )
        }
        return Array(([Self.header] + rows).map { $0 + "\n" }.joined().utf8)
    }

    /// The rows of entries that no other sale is among.
    static func csv(of material: some LogMaterial) -> [UInt8] {
        let brackets = material.brackets
        let rows = material.provenEntries.compactMap {
            row($0, brackets[$0.index] ?? TimeBracket(), isOtherSale: false)
        }
        return Array(([header] + rows).map { $0 + "\n" }.joined().utf8)
    }

    /// Who asked about the code of another order is that order's business.
    private static func row(
        _ entry: MaterialEntry,
        _ bracket: TimeBracket,
        isOtherSale: Bool
    ) -> String? {
        guard let leaf = entry.leaf else { return nil }
        let event = TimelineEvent(entry)
        return [
            String(entry.index), leaf.hash.base64, leaf.time.rfc3339Seconds,
            bracket.notBefore?.rfc3339 ?? "", bracket.notAfter?.rfc3339 ?? "",
            event.type, event.outcome, isOtherSale ? "" : event.actor,
            event.line.map(String.init) ?? "",
            event.node.rawValue, event.proves.map(\.rawValue).sorted().joined(separator: "+"),
        ].joined(separator: ",")
    }
}

/// Where in the life of a trade an event belongs (001:13: 交易前, 交易中, 交易后).
enum TradeNode: String, Sendable {
    case pre
    case `in`
    case post
}

/// What a piece of evidence can help to show (003:35).
enum EvidenceAspect: String, Sendable, CaseIterable {
    /// That the problem happened.
    case occurrence
    /// Whose fault it was.
    case fault
    /// What was lost.
    case loss
}

/// What a row of the timeline says of an entry.
struct TimelineEvent {
    let type: String
    let outcome: String
    let actor: String
    let line: Int64?
    let node: TradeNode
    let proves: Set<EvidenceAspect>

    init(_ entry: MaterialEntry) {
        let type = entry.type
        self.type = type?.rawValue ?? entry.publicType?.rawValue ?? "erased"
        line = entry["line"]?.integerValue
        switch type {
        case .delivery:
            outcome = entry["stage"]?.stringValue ?? ""
            actor = "platform"
            node = .in
            proves = [.loss]
        case .inquiry, .duplicate:
            outcome = entry.verdict?.state.rawValue ?? ""
            actor = entry["trigger"]?.stringValue ?? ""
            node = .post
            proves = [.occurrence, .fault]
        case .claim, .claimResult:
            outcome = entry["step"]?["to"]?.stringValue ?? "opened"
            actor = entry["step"]?["actor"]?.stringValue ?? "gateway"
            node = .post
            proves = [.fault]
        case .attachment:
            let slot = entry["slot"]?.stringValue.flatMap { EvidenceSlot(rawValue: $0) }
            outcome = slot?.rawValue ?? ""
            actor = entry["given_by"]?.stringValue ?? ""
            node = slot?.node ?? .post
            proves = slot?.proves ?? []
        case .consent:
            outcome = entry["operation"]?.stringValue ?? ""
            actor = entry["given_by"]?.stringValue ?? ""
            node = .post
            proves = []
        case .redemption:
            outcome = entry.verdict?.state.rawValue ?? "intended"
            actor = entry["trigger"]?.stringValue ?? "gateway"
            node = .post
            proves = [.occurrence]
        case .audit:
            outcome = "registered"
            actor = "merchant"
            node = .pre
            proves = [.fault]
        case nil:
            outcome = ""
            actor = ""
            node = .post
            proves = []
        }
    }
}
