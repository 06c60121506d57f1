import EvidenceLog
public import WireFormat

/// What an audit of a store found.
public struct AuditReport: Sendable {
    /// What a damaged record is. The raw values are stable words.
    public enum Kind: String, Sendable, CaseIterable, Comparable {
        /// The store's own files.
        case file
        case secrets
        case platform
        case policy
        /// A delivery that was erased: a leaf must tell of it, and of no less.
        case erasure
        /// Which logs a platform has, and how each leads to the next.
        case log
        /// An entry of the log, or its hash.
        case leaf
        /// A stored node of the tree.
        case node
        case head
        case checkpoint
        /// What was seen outside of the store, and does not lie in its log.
        case old
        case dataKey = "data_key"
        /// The sealed record of a leaf: it does not open, or is not what the leaf commits to.
        case record
        /// Digests of a transcript.
        case transcript
        case notice
        case delivery
        case item
        /// A sealed code.
        case code
        /// Who holds a code.
        case holder
        case check
        case claim
        /// A clock of a claim.
        case clock
        /// An attempt to carry a remedy out.
        case remedy
        /// A filing outside the platform.
        case filing
        /// A line or a balance of the book of deposits.
        case deposit
        /// The published outcome of a claim.
        case outcome
        case consent
        case redemption
        /// A file that was added, its row or its sealed content.
        case attachment
        case quarantine
        /// An outage that somebody declared.
        case incident
        /// A batch of registered stock: its tree, its counts, its leaf.
        case batch
        /// A row that nothing commits to, and that cannot be read.
        case row
        /// A row that names another which is not there.
        case reference

        public static func < (left: Kind, right: Kind) -> Bool {
            allCases.firstIndex(of: left) ?? 0 < allCases.firstIndex(of: right) ?? 0
        }
    }

    /// A damaged record.
    public struct Finding: Sendable, Hashable {
        public let kind: Kind
        public let place: StorePlace
        /// What differs from what; never a value that was sealed.
        public let detail: String
    }

    /// How much was looked at.
    public struct Extent: Sendable, Hashable {
        public var platforms = 0
        public var logs = 0
        public var leaves: UInt64 = 0
        public var checkpoints: UInt64 = 0
        public var deliveries: UInt64 = 0
        public var erased: UInt64 = 0
        /// Batches of registered stock, and their lines.
        public var batches: UInt64 = 0
        public var stockLines: UInt64 = 0
        /// Sealed records that were opened and compared with their leaves.
        public var records: UInt64 = 0
        /// Fingerprints that today's products cannot repeat.
        public var unknownFingerprints: UInt64 = 0
        /// Claims whose steps today's rules do not lead through: their records beside the steps
        /// were not compared.
        public var unrepeatedClaims: UInt64 = 0
        /// Decisions by other tables than today's.
        public var unrepeatedJudgements: UInt64 = 0
        /// Times counted in working days that today's calendar puts elsewhere.
        public var movedDeadlines: UInt64 = 0
        /// Lines of books of deposits.
        public var bookEntries: UInt64 = 0
    }

    /// How the stored log stands to a checkpoint that was kept outside.
    public enum Standing: String, Sendable, Hashable {
        /// The log has all that was signed then.
        case continued
        /// The log is shorter than what was signed.
        case rolledBack = "rolled_back"
        /// The log has another past.
        case forked
        /// The store has no log of this origin.
        case foreign
        /// The log's key did not sign it, so it says nothing.
        case notGenuine = "not_genuine"
        /// Entries are missing or cannot be read, so that nothing can be said.
        case undecided
    }

    public struct Outside: Sendable, Hashable {
        public let name: String
        public let origin: String
        public let size: UInt64
        /// Entries of the stored log; nil when there is none.
        public let storedSize: UInt64?
        public let standing: Standing
    }

    /// The first damaged record of each kind, in the order of ``Kind``.
    public private(set) var findings: [Finding] = []
    /// All of them, by kind.
    public private(set) var counts: [Kind: UInt64] = [:]
    public var extent = Extent()
    /// What became of each checkpoint from outside.
    public internal(set) var outside: [Outside] = []
    /// Whether only the trees were looked at.
    public let isDeep: Bool

    public init(isDeep: Bool) {
        self.isDeep = isDeep
    }

    /// A store whose files cannot be read far enough to audit them.
    public init(isDeep: Bool, damagedFile reason: String) {
        self.init(isDeep: isDeep)
        add(.file, StorePlace("sqlite"), reason)
    }

    public var holds: Bool { findings.isEmpty }

    mutating func add(_ kind: Kind, _ place: StorePlace, _ detail: String) {
        counts[kind, default: 0] += 1
        guard counts[kind] == 1 else { return }
        let next = findings.firstIndex { $0.kind > kind } ?? findings.endIndex
        findings.insert(Finding(kind: kind, place: place, detail: detail), at: next)
    }

    mutating func add(_ checkpoint: OldCheckpoint, _ standing: Standing, stored: UInt64?) {
        outside.append(
            Outside(
                name: checkpoint.name,
                origin: checkpoint.signed.checkpoint.origin,
                size: checkpoint.size,
                storedSize: stored,
                standing: standing
            )
        )
        let detail: String
        switch standing {
        case .continued: return
        case .rolledBack:
            detail =
                "has \(checkpoint.size) entries, the stored log \(stored ?? 0): it was rolled back"
        case .forked:
            detail = "has another root at size \(checkpoint.size): the log was rewritten"
        case .foreign:
            detail = "is of the log \(checkpoint.signed.checkpoint.origin), which is not here"
        case .notGenuine: detail = "is not signed by the log's key"
        case .undecided: detail = "cannot be held against a log with entries missing"
        }
        add(.old, StorePlace("old", key: checkpoint.name), detail)
    }

    mutating func add(_ failure: InspectionFailure) {
        add(.file, failure.place, failure.detail)
    }

    /// The row; nil, and a finding, when it cannot be read.
    mutating func row<Row>(_ inspected: InspectedRow<Row>, _ kind: Kind) -> Row? {
        switch inspected {
        case .row(let row): return row
        case .unreadable(let place):
            add(kind, place, "does not hold what was written")
            return nil
        }
    }
}

extension AuditReport {
    public var jsonValue: JSONValue {
        [
            "holds": .bool(holds), "deep": .bool(isDeep),
            "findings": .array(
                findings.map { finding in
                    [
                        "kind": .string(finding.kind.rawValue),
                        "table": .string(finding.place.table), "key": .string(finding.place.key),
                        "column": .string(finding.place.column),
                        "detail": .string(finding.detail),
                        "count": .integer(Int64(clamping: counts[finding.kind] ?? 1)),
                    ]
                }
            ),
            "checked": [
                "platforms": .integer(Int64(extent.platforms)),
                "logs": .integer(Int64(extent.logs)),
                "leaves": .integer(Int64(clamping: extent.leaves)),
                "checkpoints": .integer(Int64(clamping: extent.checkpoints)),
                "deliveries": .integer(Int64(clamping: extent.deliveries)),
                "erased": .integer(Int64(clamping: extent.erased)),
                "batches": .integer(Int64(clamping: extent.batches)),
                "stock_lines": .integer(Int64(clamping: extent.stockLines)),
                "records": .integer(Int64(clamping: extent.records)),
                "unknown_fingerprints": .integer(Int64(clamping: extent.unknownFingerprints)),
                "unrepeated_claims": .integer(Int64(clamping: extent.unrepeatedClaims)),
                "unrepeated_judgements": .integer(Int64(clamping: extent.unrepeatedJudgements)),
                "moved_deadlines": .integer(Int64(clamping: extent.movedDeadlines)),
                "book_entries": .integer(Int64(clamping: extent.bookEntries)),
            ],
            "old": .array(
                outside.map { old in
                    [
                        "name": .string(old.name), "origin": .string(old.origin),
                        "size": .integer(Int64(clamping: old.size)),
                        "stored_size": old.storedSize.map {
                            .integer(Int64(clamping: $0))
                        } ?? .null,
                        "standing": .string(old.standing.rawValue),
                    ]
                }
            ),
        ]
    }
}
