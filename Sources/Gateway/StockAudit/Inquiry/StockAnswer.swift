public import CardModel
public import WireFormat

/// One code that an issuer is to be asked about. It goes to the asking process through a pipe and
/// is kept nowhere.
public struct StockQuestion: Sendable {
    public let position: StockPosition
    /// As written in the stock.
    public let code: CardCode
    public let expiresOn: CalendarDate?

    public init(position: StockPosition, code: CardCode, expiresOn: CalendarDate?) {
        self.position = position
        self.code = code
        self.expiresOn = expiresOn
    }

    /// One line of JSON. It holds the code.
    public var json: JSONValue {
        [
            "file": .integer(Int64(position.file)), "line": .integer(Int64(position.line)),
            "serial": JSONValue(text: code.serial?.text),
            "key": .string(code.key.withUnredacted { $0 }),
            "expires_on": JSONValue(text: expiresOn?.iso8601),
        ]
    }

    public init?(_ value: JSONValue) {
        guard let position = StockPosition(value), let key = value["key"]?.stringValue else {
            return nil
        }
        self.init(
            position: position,
            code: CardCode(
                serial: value["serial"]?.stringValue.map { SerialNumber($0) },
                key: CardKey(key)
            ),
            expiresOn: value["expires_on"]?.stringValue.flatMap { CalendarDate(iso8601: $0) }
        )
    }
}

/// What became of one question.
public struct StockAnswer: Sendable, Hashable {
    /// Stands as the cause of a code whose asking process died before the answer was kept.
    public static let interrupted = "interrupted"

    public let position: StockPosition
    public let state: VerdictState
    /// Why nothing was decided.
    public let cause: String?
    /// The issuer's own code, scrubbed; never its sentence.
    public let issuerCode: String?
    public let at: Instant

    public init(
        position: StockPosition,
        state: VerdictState,
        cause: String? = nil,
        issuerCode: String? = nil,
        at: Instant
    ) {
        self.position = position
        self.state = state
        self.cause = cause
        self.issuerCode = issuerCode
        self.at = at
    }

    /// What the answer counts as.
    public enum Weight: UInt8, Sendable, Hashable {
        case good = 2
        case bad = 3
        /// Never counts as good.
        case undecided = 4
    }

    public var weight: Weight {
        switch state.standing {
        case .good: .good
        case .defective: .bad
        case .waiting, .undecided: .undecided
        }
    }

    /// The detail of its row: `used [11]`, `indeterminate: reserved [101]`.
    public var detail: String {
        state.rawValue + (cause.map { ": \($0)" } ?? "") + (issuerCode.map { " [\($0)]" } ?? "")
    }

    public var json: JSONValue {
        [
            "file": .integer(Int64(position.file)), "line": .integer(Int64(position.line)),
            "state": .string(state.rawValue), "cause": JSONValue(text: cause),
            "issuer_code": JSONValue(text: issuerCode),
            "at": .integer(at.millisecondsSinceEpoch),
        ]
    }

    public init?(_ value: JSONValue) {
        guard let position = StockPosition(value), let at = value["at"]?.integerValue,
            let state = value["state"]?.stringValue.flatMap({ VerdictState(rawValue: $0) })
        else { return nil }
        self.init(
            position: position,
            state: state,
            cause: value["cause"]?.stringValue,
            issuerCode: value["issuer_code"]?.stringValue,
            at: Instant(millisecondsSinceEpoch: at)
        )
    }
}

extension StockPosition {
    init?(_ value: JSONValue) {
        guard let file = value["file"]?.integerValue, let line = value["line"]?.integerValue,
            (0..<1 << 24).contains(file), (1..<1 << 40).contains(line)
        else { return nil }
        self.init(file: Int(file), line: UInt64(line))
    }
}
