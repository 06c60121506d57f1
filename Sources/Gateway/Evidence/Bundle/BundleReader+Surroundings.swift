import CardModel
import EvidenceLog
import WireFormat

/// Other sales of a delivery's codes, as far as a bundle may show them.
struct OtherSales: Sendable {
    /// By index.
    var entries: [MaterialEntry] = []
    /// Sales that are not shown: erased, kept for a legal hold alone, or too many.
    var withheldCount = 0
    /// Sales whose delivery is recorded in another log than the bundle's.
    var elsewhereCount = 0

    /// Sales that one bundle shows.
    static let mostShown = 1_000
}

extension BundleReader {
    /// For each duplicate: the entry that brought the code to its first holder, and the verdicts
    /// on it there, as far as they are in the same log.
    func otherSales(
        of entries: [MaterialEntry],
        _ log: LogRecord,
        _ platform: Platform
    ) async throws -> OtherSales {
        var linesOfDeliveries: [DeliveryID: Set<Int64>] = [:]
        var found = OtherSales()
        var shownCount = 0
        for entry in entries where entry.type == .duplicate {
            guard let link = entry["links"]?["duplicate_of"],
                let other = link["delivery"]?.stringValue.flatMap({ DeliveryID($0) }),
                let line = link["line"]?.integerValue,
                linesOfDeliveries[other]?.contains(line) != true
            else { continue }
            guard shownCount < OtherSales.mostShown else {
                found.withheldCount += 1
                continue
            }
            shownCount += 1
            linesOfDeliveries[other, default: []].insert(line)
        }
        for (delivery, lines) in linesOfDeliveries {
            let record = try await store.delivery(delivery)
            guard let record, record.restrictedAt == nil else {
                found.withheldCount += lines.count
                continue
            }
            var sales: [MaterialEntry] = []
            for notice in try await store.notices(of: delivery) {
                let all = try await self.entries(of: notice.number, platform)
                sales += Self.entries(all, in: log).compactMap { $0.narrowed(to: lines) }
            }
            let shown = sales.reduce(into: Set<Int64>()) { $0.formUnion($1.soldLines) }
            found.elsewhereCount += lines.subtracting(shown).count
            found.entries += sales
        }
        let own = Set(entries.map(\.index))
        found.entries = found.entries.filter { !own.contains($0.index) }
            .sorted { $0.index < $1.index }
        return found
    }

    /// How the gateway was: its last word on that before the delivery, and its first after it.
    func health(
        around entries: [MaterialEntry],
        in log: LogRecord
    ) async throws -> [MaterialEntry] {
        guard let first = entries.first?.index, let last = entries.last?.index else { return [] }
        let before = try await store.publicEntries(
            of: log.platform,
            in: log.firstIndex..<log.firstIndex + first,
            newestFirst: true,
            limit: Self.mostHealthLookedThrough
        )
        let after = try await store.publicEntries(
            of: log.platform,
            in: log.firstIndex + last + 1..<(log.end ?? UInt64(Int64.max)),
            newestFirst: false,
            limit: Self.mostHealthLookedThrough
        )
        return [before, after].compactMap { entries in
            entries.lazy
                .map {
                    MaterialEntry(index: $0.index - log.firstIndex, bytes: $0.leaf, record: nil)
                }
                .first { $0.isHealthReport }
        }
    }

    /// Leaves that everybody can read among which a health report is looked for to either side;
    /// anchors and adapters' changes stand between them.
    private static let mostHealthLookedThrough = 256
}

extension MaterialEntry {
    /// The entry with what it has of these lines of its delivery; nil when it has nothing of them.
    func narrowed(to lines: Set<Int64>) -> MaterialEntry? {
        switch type {
        case .delivery:
            guard let record, !record.items.isEmpty else { return stands(on: lines) ? self : nil }
            let shown = record.items.indices.filter {
                record.items[$0]["line"]?.integerValue.map { lines.contains($0) } ?? false
            }
            var narrowed = self
            narrowed.shownItems = Set(shown)
            return shown.isEmpty ? nil : narrowed
        case .inquiry, .duplicate: return stands(on: lines) ? self : nil
        default: return nil
        }
    }

    /// A regular report, and not the word on one adapter's canaries.
    fileprivate var isHealthReport: Bool {
        guard case .disclosed(.health, let members) = leaf?.content else { return false }
        return members["build"] != nil
    }

    /// The lines that the entry says were delivered, as far as they are shown.
    fileprivate var soldLines: [Int64] {
        guard type == .delivery, let record else { return [] }
        guard !record.items.isEmpty else { return [self["line"]?.integerValue].compactMap { $0 } }
        return (shownItems ?? []).compactMap { record.items[$0]["line"]?.integerValue }
    }

    private func stands(on lines: Set<Int64>) -> Bool {
        self["line"]?.integerValue.map { lines.contains($0) } ?? false
    }
}
