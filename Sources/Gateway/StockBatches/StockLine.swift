public import CardModel
public import EvidenceLog
public import WireFormat

/// What is wrong with a line of a registered batch, in the order classes of a line are listed.
public enum StockLineClass: String, Sendable, CaseIterable {
    case duplicate = "dup"
    case malformed
    case expired
    /// Sold before: by a history file, or by an order of the platform.
    case sold
    case conflict
    /// The issuer says that it is unfit.
    case issuer
    /// Another registered batch of the platform holds the code.
    case duplicateStock = "duplicate_stock"

    /// Whether the code is another line's, or gone: this line never stands for it.
    var isOfAnother: Bool {
        switch self {
        case .duplicate, .sold, .duplicateStock: true
        case .malformed, .expired, .conflict, .issuer: false
        }
    }
}

/// One line of an audited stock file, as it is registered.
public struct StockLine: Sendable {
    /// The physical line in the file, from 1.
    public var line: Int
    /// Nil for a line that holds no readable code.
    public var code: CardCode?
    public var expiresOn: CalendarDate?
    /// In the order of ``StockLineClass``; none for a good code.
    public var classes: [StockLineClass]
    /// What the issuer said, if it was asked.
    public var issuerState: VerdictState?

    public init(
        line: Int,
        code: CardCode?,
        expiresOn: CalendarDate? = nil,
        classes: [StockLineClass],
        issuerState: VerdictState? = nil
    ) {
        self.line = line
        self.code = code
        self.expiresOn = expiresOn
        self.classes = StockLineClass.allCases.filter { classes.contains($0) }
        self.issuerState = issuerState
    }

    var isGood: Bool { code != nil && classes.isEmpty }

    /// What the record of the line commits to, one disclosure a field.
    var fields: [JSONObject.Member] {
        var fields: [JSONObject.Member] = [
            .init(name: "line", value: .integer(Int64(line))),
            .init(name: "classes", value: .array(classes.map { .string($0.rawValue) })),
            .init(name: "expires_on", value: JSONValue(text: expiresOn?.iso8601)),
            .init(name: "issuer_state", value: JSONValue(text: issuerState?.rawValue)),
        ]
        if let code { fields += LeafContents.code(code) }
        return fields
    }

    /// The salted record of the line.
    /// - Parameters:
    ///   - position: among the batch's lines, from 0.
    ///   - secret: of the batch.
    public func record(at position: Int, secret: RecordSecret) throws(EvidenceError) -> SaltedItem {
        SaltedItem(try LeafFields(fields), secret: secret.itemSecret(position))
    }
}

/// A line prepared in the caller's task: normalised, fingerprinted, sealed and hashed.
public struct PreparedStockLine: Sendable {
    public var line: StockLine
    /// By which the code is found again: of the key where that is long enough, as with deliveries.
    public var fingerprint: CardFingerprint?
    /// The code under the batch's data key, bound to ``fingerprint``; empty without a code.
    public var sealedCode: [UInt8]
    /// Of the record of the line as it was audited.
    public var hash: TreeHash

    public init(
        line: StockLine,
        fingerprint: CardFingerprint?,
        sealedCode: [UInt8],
        hash: TreeHash
    ) {
        self.line = line
        self.fingerprint = fingerprint
        self.sealedCode = sealedCode
        self.hash = hash
    }
}
