import Crypto
public import WireFormat

/// The tables that every decision rests on, and what a decision keeps of them.
public struct RuleTables: Sendable, Hashable {
    public let liability: LiabilityTable
    public let coverage: CoverageTable

    public init(liability: LiabilityTable, coverage: CoverageTable) {
        self.liability = liability
        self.coverage = coverage
    }

    public static let standard = RuleTables(liability: .standard, coverage: .standard)

    /// Computed anew each time: whoever decides much keeps it.
    public var pin: RuleTablesPin {
        get throws(JSONError) {
            RuleTablesPin(
                liability: "\(liability.id)@\(liability.version)",
                coverage: "\(coverage.id)@\(coverage.version)",
                hash: Array(SHA256.hash(data: try jsonValue.canonical()))
            )
        }
    }

    private var jsonValue: JSONValue {
        ["liability": liability.jsonValue, "coverage": coverage.jsonValue]
    }
}

/// Under which tables something was decided; a later version never changes it.
public struct RuleTablesPin: Sendable, Hashable {
    /// `id@version`.
    public let liability: String
    public let coverage: String

    /// SHA-256 over the JCS form (RFC 8785) of both tables, 32 bytes.
    public let hash: [UInt8]

    public init(liability: String, coverage: String, hash: [UInt8]) {
        self.liability = liability
        self.coverage = coverage
        self.hash = hash
    }

    public var jsonValue: JSONValue {
        [
            "liability": .string(liability), "coverage": .string(coverage),
            "hash": .string(Hexadecimal.encode(hash)),
        ]
    }

    public init?(jsonValue: JSONValue) {
        guard let liability = jsonValue["liability"]?.stringValue,
            let coverage = jsonValue["coverage"]?.stringValue,
            let hash = jsonValue["hash"]?.stringValue.flatMap({ Hexadecimal.decode($0) })
        else { return nil }
        self.init(liability: liability, coverage: coverage, hash: hash)
    }
}
