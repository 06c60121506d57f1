import CardModel
public import WireFormat

extension IncidentRecord: StoredTree {
    public var jsonValue: JSONValue {
        [
            "id": .string(id.text), "platform": .integer(platform.rawValue),
            "kind": .string(kind.rawValue), "scope": .string(reach.word.rawValue),
            "name": JSONValue(text: reach.name), "started_at": JSONValue(startedAt),
            "reason": .string(reason), "account": .string(account),
            "declared_at": JSONValue(declaredAt),
            "leaf_index": .integer(Int64(clamping: leafIndex)),
            "idempotency": idempotency?.storedValue ?? .null, "end": end?.storedValue ?? .null,
        ]
    }

    public init?(jsonValue: JSONValue) {
        guard let id = jsonValue["id"]?.stringValue.flatMap({ IncidentID($0) }),
            let platform = jsonValue["platform"]?.integerValue,
            let kind = jsonValue["kind"]?.stringValue.flatMap({ Kind(rawValue: $0) }),
            let word = jsonValue["scope"]?.stringValue.flatMap({ Reach.Word(rawValue: $0) }),
            let reach = Reach(word, name: jsonValue["name"]?.stringValue),
            let startedAt = jsonValue["started_at"]?.instant,
            let reason = jsonValue["reason"]?.stringValue,
            let account = jsonValue["account"]?.stringValue,
            let declaredAt = jsonValue["declared_at"]?.instant,
            let index = jsonValue["leaf_index"]?.integerValue.flatMap({ UInt64(exactly: $0) })
        else { return nil }
        self.init(
            id: id, platform: PlatformNumber(rawValue: platform), kind: kind, reach: reach,
            startedAt: startedAt, reason: reason, account: account, declaredAt: declaredAt,
            idempotency: jsonValue["idempotency"].flatMap { Idempotency(storedValue: $0) })
        leafIndex = index
        if let value = jsonValue["end"], !value.isNull {
            guard let end = End(storedValue: value) else { return nil }
            self.end = end
        }
    }
}

extension IncidentRecord.End {
    fileprivate var storedValue: JSONValue {
        [
            "at": JSONValue(at), "account": .string(account),
            "recorded_at": JSONValue(recordedAt),
            "leaf_index": .integer(Int64(clamping: leafIndex)),
            "idempotency": idempotency?.storedValue ?? .null,
        ]
    }

    fileprivate init?(storedValue value: JSONValue) {
        guard let at = value["at"]?.instant, let account = value["account"]?.stringValue,
            let recordedAt = value["recorded_at"]?.instant,
            let index = value["leaf_index"]?.integerValue.flatMap({ UInt64(exactly: $0) })
        else { return nil }
        self.init(
            at: at, account: account, recordedAt: recordedAt, leafIndex: index,
            idempotency: value["idempotency"].flatMap { Idempotency(storedValue: $0) })
    }
}

extension Idempotency {
    fileprivate var storedValue: JSONValue {
        ["key": .string(key), "act_code": .string(Hexadecimal.encode(actCode))]
    }

    fileprivate init?(storedValue value: JSONValue) {
        guard let key = value["key"]?.stringValue,
            let code = value["act_code"]?.stringValue.flatMap({ Hexadecimal.decode($0) })
        else { return nil }
        self.init(key: key, actCode: code)
    }
}
