import AdapterKit
import CardModel

/// What the canaries of one adapter have shown, and whether its word counts. Pure.
///
/// Two answers in a row that are definite and not the expected one degrade the adapter; two
/// expected ones in a row of every canary that was off bring it back. Answers that decide nothing
/// say nothing. Between the first unexpected answer and the second the adapter is suspected: its
/// word already does not count, but nobody is told.
struct CanaryBook: Sendable {
    /// Answers in a row that settle it, either way: one may be an accident.
    static let confirmations = 2

    enum Standing: Sendable, Hashable {
        case trusted
        case suspected
        /// By these canaries, sorted.
        case degraded([String])
    }

    private enum Record: Sendable, Hashable {
        /// Unexpected answers in a row, fewer than settle it.
        case good(unexpected: Int)
        /// Expected answers in a row, fewer than settle it.
        case off(expected: Int)
    }

    private var records: [String: Record]

    /// - Parameter off: canaries that had degraded the adapter before; those that are not asked any
    ///   more are forgotten.
    init(canaries: [Canary], off: some Collection<String>) {
        records = Dictionary(
            canaries.map { canary in
                let record: Record =
                    off.contains(canary.name) ? .off(expected: 0) : .good(unexpected: 0)
                return (canary.name, record)
            },
            uniquingKeysWith: { first, _ in first }
        )
    }

    var standing: Standing {
        let off = records.filter { if case .off = $0.value { true } else { false } }.keys.sorted()
        if !off.isEmpty { return .degraded(off) }
        return records.values.contains { $0 != .good(unexpected: 0) } ? .suspected : .trusted
    }

    /// What an answer to a canary is worth.
    enum Finding: String, Sendable, Hashable, CaseIterable {
        case expected
        case unexpected
        /// Nothing was decided.
        case undecided
    }

    /// Writes down an answer.
    mutating func note(_ canary: Canary, _ state: VerdictState) -> Finding {
        let finding = Self.finding(canary, state)
        guard let record = records[canary.name] else { return finding }
        records[canary.name] =
            switch (record, finding) {
            case (_, .undecided): record
            case (.good, .expected): .good(unexpected: 0)
            case (.good(let count), .unexpected):
                count + 1 >= Self.confirmations ? .off(expected: 0) : .good(unexpected: count + 1)
            case (.off(let count), .expected):
                count + 1 >= Self.confirmations ? .good(unexpected: 0) : .off(expected: count + 1)
            case (.off, .unexpected): .off(expected: 0)
            }
        return finding
    }

    private static func finding(_ canary: Canary, _ state: VerdictState) -> Finding {
        if state == canary.expected { return .expected }
        return state == .indeterminate || state == .unsupported ? .undecided : .unexpected
    }
}
