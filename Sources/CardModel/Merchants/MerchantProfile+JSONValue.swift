public import WireFormat

extension MerchantProfile {
    /// What ``init(jsonValue:)`` reads, absent members left out.
    public var jsonValue: JSONValue {
        var object = JSONObject([.init(name: "merchant", value: .string(id))])
        object["identity"] = identity?.jsonValue
        object["icp_number"] = icpNumber.map { .string($0) }
        object["qualifications"] = .array(qualifications.map(\.jsonValue))
        object["marks"] = .array(
            CertifiedMark.allCases.filter(marks.contains).map { .string($0.rawValue) }
        )
        object["human_channel"] = humanChannel?.jsonValue
        object["endpoints"] = endpoints.jsonValue
        return .object(object)
    }
}

extension Qualification {
    public var jsonValue: JSONValue {
        var object = JSONObject([
            .init(name: "kind", value: .string(kind.rawValue)),
            .init(name: "number", value: .string(number)),
        ])
        object["valid_until"] = validUntil.map { .string($0.iso8601) }
        return .object(object)
    }
}

extension HumanChannel {
    public var jsonValue: JSONValue {
        switch hours {
        case .allHours: ["contact": .string(contact), "hours": .string(Self.allHoursText)]
        case .stated(let text): ["contact": .string(contact), "hours": .string(text)]
        }
    }
}
