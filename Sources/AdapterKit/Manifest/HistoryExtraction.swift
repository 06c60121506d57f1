import CardModel
import WireFormat

/// Where an issuer tells of a code's past.
struct HistoryExtraction: Sendable, Hashable {
    var list: String
    /// Pointers into each element of the list.
    var kind: String
    var time: TimeExtraction?
    var actor: String?
    var amount: AmountExtraction?
    /// The list's own order, where times do not tell.
    var isNewestFirst: Bool
    /// The issuer's words, exactly, for events that use the code up or take it into use.
    var uses: Set<String>

    /// When the code was first used; nil when nothing says so, when events might be missing, or
    /// when something else came after a use: it may have been taken back.
    func firstUse(among events: [UsageEvent]) -> Instant? {
        guard events.count < InquiryResult.mostUsageEvents else { return nil }
        let sinceFirst = events.drop { !uses.contains($0.kind) }
        guard sinceFirst.allSatisfy({ uses.contains($0.kind) }) else { return nil }
        return sinceFirst.first?.at
    }

    /// The newest events, oldest first. Elements without a word for what happened are left out.
    ///
    /// - Parameter shown: makes an issuer's word safe to show.
    func events(in answer: ReadableAnswer, shown: (String) -> String?) -> [UsageEvent] {
        let told = (answer.elements(at: list) ?? []).compactMap { element -> UsageEvent? in
            guard let word = element.text(at: kind).flatMap(shown) else { return nil }
            return UsageEvent(
                at: time?.instant(in: element),
                kind: word,
                actorHint: element.text(at: actor).flatMap(Self.hint).flatMap(shown),
                amount: amount?.money(in: element)
            )
        }
        return Array(ordered(told).suffix(InquiryResult.mostUsageEvents))
    }

    private func ordered(_ events: [UsageEvent]) -> [UsageEvent] {
        let inOrder = isNewestFirst ? events.reversed() : events
        guard events.allSatisfy({ $0.at != nil }) else { return inOrder }
        // Stable, so that events of one instant stay as they were told.
        return inOrder.enumerated().sorted { left, right in
            let (first, second) = (left.element.at, right.element.at)
            return first == second
                ? left.offset < right.offset : Self.precedes(first, second)
        }.map(\.element)
    }

    private static func precedes(_ first: Instant?, _ second: Instant?) -> Bool {
        guard let first, let second else { return false }
        return first < second
    }

    /// The last four symbols of a number that is long enough to hide behind them.
    static func hint(_ text: String) -> String? {
        text.count > shownSymbols * 2 ? "…" + text.suffix(shownSymbols) : nil
    }

    private static let shownSymbols = 4
}

/// Whether the delivered code is the one, or among those, that the issuer gave out.
struct ProvenanceComparison: Sendable, Hashable {
    enum Verdict: Sendable, Hashable {
        case issued
        case other
        /// The answer names no code.
        case untold
    }

    /// Nil when the answer names one code.
    var list: String?
    /// Pointers into the answer, or into each element of the list.
    var key: String
    var serial: String?

    func verdict(on inquiry: Inquiry, in answer: ReadableAnswer) -> Verdict {
        let told = list.map { answer.elements(at: $0) ?? [] } ?? [answer]
        let cards = told.compactMap { element in
            element.text(at: key).map { (key: $0, serial: element.text(at: serial)) }
        }
        if cards.isEmpty { return .untold }
        let isIssued = cards.contains { card in
            inquiry.keyAgrees(with: card.key)
                && (card.serial.map(inquiry.serialAgrees) ?? true)
        }
        return isIssued ? .issued : .other
    }

    /// Where usable codes stand in the answer, for taking them out of what is kept.
    var pointers: [String] {
        let prefix = list.map { $0 + "/*" } ?? ""
        return [prefix + key]
    }
}

extension ResponseMapping {
    /// Everything in an answer that is not kept: what the manifest names, and codes of others.
    var withheldPointers: [String] {
        scrubbedPointers + (provenance?.pointers ?? [])
    }
}
