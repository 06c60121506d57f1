import CardModel
public import EvidenceLog
import WireFormat

/// The stored form of a batch but for the columns that a driver looks things up by: number, id,
/// platform, registration key, keys, tree, and whom to tell.
extension StockBatchRecord {
    public var storedBytes: [UInt8] {
        let value: JSONValue = [
            "terms": terms.jsonValue, "created_at": .integer(createdAt.millisecondsSinceEpoch),
            "standing": standing.jsonValue,
            "recall_least": .integer(Int64(recallRule.leastBad)),
            "recall_per_thousand": .integer(Int64(recallRule.badPerThousand)),
            "classes": .object(
                JSONObject(
                    StockLineClass.allCases.compactMap { word in
                        classCounts[word].map {
                            .init(name: word.rawValue, value: .integer(Int64($0)))
                        }
                    })),
            "last_line": .integer(Int64(lastLine)),
            "leaf_index": leaf.map { .integer(Int64(clamping: $0.index)) } ?? .null,
            "leaf_hash": JSONValue(text: leaf?.hash.base64),
            "blocked_since": .integer(blockedSince.millisecondsSinceEpoch),
            "history": .array(history.map(\.jsonValue)),
        ]
        return value.serializedWithoutNullMembers()
    }

    /// Puts a batch together again; nil when `record` is not what ``storedBytes`` wrote.
    public init?(
        number: BatchNumber,
        id: BatchID,
        platform: PlatformNumber,
        registrationKey: String?,
        wrappedDataKey: [UInt8],
        sealedSecret: [UInt8],
        range: CompactRange,
        toldThrough: Int?,
        record: [UInt8]
    ) {
        guard let value = try? JSONValue.parse(record),
            let terms = value["terms"].flatMap({ BatchTerms(jsonValue: $0) }),
            let standing = value["standing"].flatMap({ BatchStanding(jsonValue: $0) }),
            let createdAt = value["created_at"]?.integerValue,
            let blockedSince = value["blocked_since"]?.integerValue,
            let least = value["recall_least"]?.integerValue.flatMap({ Int(exactly: $0) }),
            let share = value["recall_per_thousand"]?.integerValue.flatMap({ Int(exactly: $0) }),
            let lastLine = value["last_line"]?.integerValue.flatMap({ Int(exactly: $0) }),
            let steps = value["history"]?.arrayValue
        else { return nil }
        let history = steps.compactMap { BatchStep(jsonValue: $0) }
        guard history.count == steps.count else { return nil }
        self.init(
            id: id,
            platform: platform,
            registrationKey: registrationKey,
            terms: terms,
            recallRule: RecallRule(leastBad: least, badPerThousand: share),
            createdAt: Instant(millisecondsSinceEpoch: createdAt),
            wrappedDataKey: wrappedDataKey,
            sealedSecret: sealedSecret
        )
        self.number = number
        self.range = range
        self.toldThrough = toldThrough
        self.standing = standing
        self.blockedSince = Instant(millisecondsSinceEpoch: blockedSince)
        self.lastLine = lastLine
        self.history = history
        for word in StockLineClass.allCases {
            classCounts[word] = value["classes"]?[word.rawValue]?.integerValue
                .flatMap { Int(exactly: $0) }
        }
        if let index = value["leaf_index"]?.integerValue.flatMap({ UInt64(exactly: $0) }),
            let hash = value["leaf_hash"]?.stringValue.flatMap({ TreeHash(base64: $0) })
        {
            leaf = LeafReference(index: index, hash: hash)
        }
    }
}

extension BatchTerms {
    fileprivate var jsonValue: JSONValue {
        [
            "merchant": .string(merchant), "product": .string(product), "name": .string(name),
            "supplier": JSONValue(text: supplier), "lines": .integer(Int64(lineCount)),
            "as_of": .string(asOf.iso8601),
        ]
    }

    fileprivate init?(jsonValue value: JSONValue) {
        guard let merchant = value["merchant"]?.stringValue,
            let product = value["product"]?.stringValue, let name = value["name"]?.stringValue,
            let lineCount = value["lines"]?.integerValue.flatMap({ Int(exactly: $0) }),
            let asOf = value["as_of"]?.stringValue.flatMap({ CalendarDate(iso8601: $0) })
        else { return nil }
        self.init(
            merchant: merchant,
            product: product,
            name: name,
            supplier: value["supplier"]?.stringValue,
            lineCount: lineCount,
            asOf: asOf
        )
    }
}

extension BatchStanding {
    var jsonValue: JSONValue {
        [
            "state": .string(state.rawValue), "good": .integer(Int64(goodCount)),
            "released": .integer(Int64(releasedCount)),
            "verified": .integer(Int64(verifiedCount)), "bad": .integer(Int64(badCount)),
        ]
    }

    fileprivate init?(jsonValue value: JSONValue) {
        func count(_ name: String) -> Int? {
            value[name]?.integerValue.flatMap { Int(exactly: $0) }
        }
        guard let state = value["state"]?.stringValue.flatMap({ State(rawValue: $0) }),
            let good = count("good"), let released = count("released"),
            let verified = count("verified"), let bad = count("bad")
        else { return nil }
        self.init(
            state: state,
            goodCount: good,
            releasedCount: released,
            verifiedCount: verified,
            badCount: bad
        )
    }
}

extension BatchStep {
    var jsonValue: JSONValue {
        [
            "at": .string(at.rfc3339), "act": .string(act), "from": .string(from.rawValue),
            "to": .string(to.rawValue), "actor": .string(actor.rawValue),
            "released": .integer(Int64(releasedCount)), "bad": .integer(Int64(badCount)),
            "waived": .bool(isWaived),
        ]
    }

    fileprivate init?(jsonValue value: JSONValue) {
        guard let at = value["at"]?.stringValue.flatMap({ Instant(rfc3339: $0) }),
            let act = value["act"]?.stringValue,
            let from = value["from"]?.stringValue.flatMap({ BatchStanding.State(rawValue: $0) }),
            let to = value["to"]?.stringValue.flatMap({ BatchStanding.State(rawValue: $0) }),
            let actor = value["actor"]?.stringValue.flatMap({ Actor(rawValue: $0) }),
            let released = value["released"]?.integerValue.flatMap({ Int(exactly: $0) }),
            let bad = value["bad"]?.integerValue.flatMap({ Int(exactly: $0) })
        else { return nil }
        self.init(
            at: at,
            act: act,
            from: from,
            to: to,
            actor: actor,
            releasedCount: released,
            badCount: bad,
            isWaived: value["waived"]?.boolValue ?? false
        )
    }
}
