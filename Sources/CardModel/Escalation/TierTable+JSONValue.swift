public import WireFormat

extension TierTable {
    /// The whole table in the names a file uses; reading it gives the same table.
    public var jsonValue: JSONValue {
        [
            "escalation": .string(id),
            "version": .integer(Int64(version)),
            "parameters": parameters.jsonValue,
            "tiers": .array(tiers.all.map(\.jsonValue)),
            "channels": .array(channels.all.map(\.jsonValue)),
            "proposals": .array(proposals.map(\.jsonValue)),
            "clocks": .array(clocks.map(\.jsonValue)),
        ]
    }
}

extension TierParameters {
    var jsonValue: JSONValue {
        [
            "small_amount": smallAmount.jsonValue,
            "law_amount": lawAmount.jsonValue,
            "collective": [
                "count": .integer(Int64(collectiveCount)),
                "window": .string("P\(collectiveDays)D"),
            ],
        ]
    }
}

extension TierRow {
    var jsonValue: JSONValue {
        .members([
            ("id", .string(id)),
            ("when", condition.jsonValue),
            ("tier", .string(tier.rawValue)),
            ("jump", jump.map { .string($0.rawValue) }),
            ("law", .array(law.map(JSONValue.string))),
            ("reason", reason.jsonValue),
        ])
    }
}

extension ChannelRow {
    var jsonValue: JSONValue {
        .members([
            ("id", .string(id)),
            ("when", condition.jsonValue),
            ("channels", .array(channels.map { .string($0.name) })),
        ])
    }
}

extension ProposalRow {
    var jsonValue: JSONValue {
        .members([
            ("id", .string(id)),
            ("when", condition.jsonValue),
            ("tier", .string(tier.rawValue)),
            ("channels", .array(channels.map { .string($0.name) })),
            ("reason", reason.jsonValue),
        ])
    }
}

extension TierCondition {
    /// `nil` for the condition that always holds: the row has no `when`.
    var jsonValue: JSONValue? {
        guard self != .always else { return Optional.none }
        return .members([
            ("tier", tiers.map(JSONValue.sorted)),
            ("problem", problems.map(JSONValue.sorted)),
            ("responsiveness", responsiveness.map(JSONValue.sorted)),
            ("amount", amounts.map(JSONValue.sorted)),
            ("next", next.map(JSONValue.sorted)),
            ("progress", hasProgress.map(JSONValue.bool)),
            ("dispute", disputes.map(JSONValue.sorted)),
            ("systemic", isSystemic.map(JSONValue.bool)),
            ("fraud", isFraud.map(JSONValue.bool)),
            ("liable", liable.map(JSONValue.sorted)),
        ])
    }
}

extension ExternalClock {
    var jsonValue: JSONValue {
        [
            "id": .string(id),
            "channel": .string(channel.rawValue),
            "start": .string(start.rawValue),
            "awaits": .string(awaits.rawValue),
            "length": .string(length.description),
            "verified": .bool(isVerified),
            "note": note.jsonValue,
        ]
    }
}

extension LocalisedText {
    var jsonValue: JSONValue { ["zh": .string(zhCN), "en": .string(en)] }
}

extension JSONValue {
    /// An object of the members that are there.
    static func members(_ members: [(String, JSONValue?)]) -> JSONValue {
        .object(
            JSONObject(
                members.compactMap { name, value in
                    value.map { JSONObject.Member(name: name, value: $0) }
                }
            )
        )
    }
}
