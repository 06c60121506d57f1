public import WireFormat

/// One record of an answer journal, in the order in which things happened.
///
/// A question stands in the journal before the issuer hears it, and its answer before it counts.
/// No record holds a code: positions name them, and the head says of which stock.
public enum InquiryRecord: Sendable, Equatable {
    case head(InquiryHead)
    case asking(StockPosition, at: Instant)
    case answer(StockAnswer)
    /// The issuer did not take the question: it was never reached, or said that it takes no more
    /// for now. The code counts as not asked.
    case withdrawn(StockPosition, at: Instant)
    /// The issuer wants to be left alone until then.
    case pause(until: Instant)

    public var json: JSONValue {
        switch self {
        case .head(let head): ["head": head.json]
        case .asking(let position, let at): ["asking": Self.moment(position, at)]
        case .answer(let answer): ["answer": answer.json]
        case .withdrawn(let position, let at): ["withdrawn": Self.moment(position, at)]
        case .pause(let until): ["pause_until": .integer(until.millisecondsSinceEpoch)]
        }
    }

    /// Nil for what no version wrote.
    public init?(_ value: JSONValue) {
        if let head = value["head"].flatMap({ InquiryHead($0) }) {
            self = .head(head)
        } else if let answer = value["answer"].flatMap({ StockAnswer($0) }) {
            self = .answer(answer)
        } else if let (position, at) = value["asking"].flatMap({ Self.moment($0) }) {
            self = .asking(position, at: at)
        } else if let (position, at) = value["withdrawn"].flatMap({ Self.moment($0) }) {
            self = .withdrawn(position, at: at)
        } else if let until = value["pause_until"]?.integerValue {
            self = .pause(until: Instant(millisecondsSinceEpoch: until))
        } else {
            return nil
        }
    }

    private static func moment(_ position: StockPosition, _ at: Instant) -> JSONValue {
        [
            "file": .integer(Int64(position.file)), "line": .integer(Int64(position.line)),
            "at": .integer(at.millisecondsSinceEpoch),
        ]
    }

    private static func moment(_ value: JSONValue) -> (StockPosition, Instant)? {
        guard let position = StockPosition(value), let at = value["at"]?.integerValue else {
            return nil
        }
        return (position, Instant(millisecondsSinceEpoch: at))
    }
}

/// What a journal belongs to. A run goes on with a journal only if all of it is the same.
public struct InquiryHead: Sendable, Equatable {
    /// The version of the journal's form.
    public static let version: Int64 = 1

    /// How the codes to ask are chosen.
    public enum Choice: Sendable, Equatable {
        case all
        case sample(SamplingPlan.Demand, seed: UInt64)
    }

    public var choice: Choice
    public var product: String
    /// With its version: `ericsson-vsip@1`.
    public var adapter: String
    /// Codes without a defect of their own.
    public var candidates: Int
    /// Of the digest.
    public var salt: [UInt8]
    /// Of the candidates and where they stand; slow to compute, so that nobody guesses a short code
    /// by it.
    public var digest: [UInt8]

    public init(
        choice: Choice,
        product: String,
        adapter: String,
        candidates: Int,
        salt: [UInt8],
        digest: [UInt8]
    ) {
        self.choice = choice
        self.product = product
        self.adapter = adapter
        self.candidates = candidates
        self.salt = salt
        self.digest = digest
    }

    /// Why `other` may not go on with this journal, by the member that differs; nil when it may.
    public func difference(from other: InquiryHead) -> Difference? {
        if product != other.product || adapter != other.adapter { return .issuer }
        if choice != other.choice { return .choice }
        return candidates != other.candidates || digest != other.digest ? .stock : nil
    }

    public enum Difference: Sendable, Equatable {
        case issuer, choice, stock
    }

    var json: JSONValue {
        var object = JSONObject([
            .init(name: "version", value: .integer(Self.version)),
            .init(name: "product", value: .string(product)),
            .init(name: "adapter", value: .string(adapter)),
            .init(name: "candidates", value: .integer(Int64(candidates))),
            .init(name: "salt", value: .string(Base64.encode(salt))),
            .init(name: "digest", value: .string(Base64.encode(digest))),
        ])
        if case .sample(let demand, let seed) = choice {
            object["maximum_bad_share"] = .string("\(demand.maximumBadShare)")
            object["confidence"] = .string("\(demand.confidence)")
            object["budget"] = demand.budget.map { .integer(Int64($0)) } ?? .null
            object["seed"] = .string(String(seed))
        }
        return .object(object)
    }

    init?(_ value: JSONValue) {
        guard value["version"]?.integerValue == Self.version,
            let product = value["product"]?.stringValue,
            let adapter = value["adapter"]?.stringValue,
            let candidates = value["candidates"]?.integerValue,
            let salt = value["salt"]?.stringValue.flatMap({ Base64.decode($0) }),
            let digest = value["digest"]?.stringValue.flatMap({ Base64.decode($0) })
        else { return nil }
        var choice = Choice.all
        if let seed = value["seed"]?.stringValue.flatMap({ UInt64($0) }),
            let share = value["maximum_bad_share"]?.stringValue.flatMap({ Double($0) }),
            let confidence = value["confidence"]?.stringValue.flatMap({ Double($0) })
        {
            let demand = SamplingPlan.Demand(
                maximumBadShare: share,
                confidence: confidence,
                budget: value["budget"]?.integerValue.map { Int($0) }
            )
            choice = .sample(demand, seed: seed)
        }
        self.init(
            choice: choice,
            product: product,
            adapter: adapter,
            candidates: Int(candidates),
            salt: salt,
            digest: digest
        )
    }
}
