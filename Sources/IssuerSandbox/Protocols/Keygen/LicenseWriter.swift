import WireFormat

/// Writes what the books say as Keygen's validation document.
struct LicenseWriter {
    let record: IssuerRecord
    let request: LicenseRequest
    let account: String
    let now: Instant
    let utcOffsetSeconds: Int

    private static let otherKey = "OTHER0-KEY000-000000-000000"
    private static let product = "00000000-0000-4000-8000-0000000a0001"
    private static let otherProduct = "00000000-0000-4000-8000-0000000a0002"
    private static let policy = "00000000-0000-4000-8000-0000000b0001"

    var document: JSONValue {
        [
            "meta": .object(meta),
            "data": record.license.code == LicenseAnswer.notFound.code ? nil : .object(data),
        ]
    }

    private var meta: JSONObject {
        var meta = JSONObject([
            .init(name: "ts", value: .string(Self.milliseconds(now))),
            .init(name: "valid", value: .bool(record.license.isValid)),
            .init(name: "detail", value: .string(record.license.detail)),
            .init(name: "code", value: .string(record.license.code)),
        ])
        if let nonce = request.nonce { meta["nonce"] = .integer(nonce) }
        if let scope = request.scope { meta["scope"] = scope }
        return meta
    }

    private var data: JSONObject {
        let path = "/v1/accounts/\(account)/licenses/\(id)"
        return JSONObject([
            .init(name: "id", value: .string(id)),
            .init(name: "type", value: "licenses"),
            .init(name: "attributes", value: attributes),
            .init(name: "relationships", value: relationships(path)),
            .init(name: "links", value: ["self": .string(path)]),
        ])
    }

    /// Made of the order of first asks, never of the key.
    private var id: String {
        let ordinal = String(record.ordinal)
        return "00000000-0000-4000-8000-"
            + String(repeating: "0", count: max(0, 12 - ordinal.utf8.count)) + ordinal
    }

    private var attributes: JSONValue {
        [
            "name": nil,
            "key": .string(record.namesOtherCode ? Self.otherKey : request.key),
            "expiry": .string(Self.milliseconds(expiry)),
            "status": .string(status),
            "uses": .integer(Int64(machines)),
            "suspended": .bool(record.license.code == "SUSPENDED"),
            "scheme": nil, "encrypted": false, "strict": true, "floating": false,
            "protected": false, "version": nil,
            "maxMachines": 1, "maxProcesses": nil, "maxUsers": nil, "maxCores": nil,
            "maxMemory": nil, "maxDisk": nil, "maxUses": nil,
            "requireHeartbeat": false, "requireCheckIn": false,
            "lastValidated": .string(Self.milliseconds(now)),
            "lastCheckIn": nil, "nextCheckIn": nil, "lastCheckOut": nil,
            "metadata": .object(metadata),
            "created": .string(Self.milliseconds(record.issuedAt)),
            "updated": .string(Self.milliseconds(record.usedAt ?? record.issuedAt)),
        ]
    }

    /// What a vendor keeps beside a licence: in the sandbox, what a script says of it.
    private var metadata: JSONObject {
        var metadata = JSONObject(
            record.attributes.sorted { $0.key < $1.key }
                .map { .init(name: $0.key, value: .string($0.value)) }
        )
        if let day = record.balanceUntil { metadata["balance_until"] = .string(day.iso8601) }
        return metadata
    }

    private func relationships(_ path: String) -> JSONValue {
        [
            "account": [
                "links": ["related": .string("/v1/accounts/\(account)")],
                "data": ["type": "accounts", "id": .string(account)],
            ],
            "product": [
                "links": ["related": .string(path + "/product")],
                "data": [
                    "type": "products",
                    "id": .string(record.namesOtherProduct ? Self.otherProduct : Self.product),
                ],
            ],
            "policy": [
                "links": ["related": .string(path + "/policy")],
                "data": ["type": "policies", "id": .string(Self.policy)],
            ],
            "group": ["links": ["related": .string(path + "/group")], "data": nil],
            "owner": ["links": ["related": .string(path + "/owner")], "data": nil],
            "users": [
                "links": ["related": .string(path + "/users")], "meta": ["count": 0],
            ],
            "machines": [
                "links": ["related": .string(path + "/machines")],
                "meta": [
                    "cores": 0, "memory": 0, "disk": 0, "count": .integer(Int64(machines)),
                ],
            ],
            "tokens": ["links": ["related": .string(path + "/tokens")]],
            "entitlements": ["links": ["related": .string(path + "/entitlements")]],
        ]
    }

    /// The seats taken. A licence has one; somebody who is over the limit has taken two.
    private var machines: Int {
        switch record.license.code {
        case "TOO_MANY_MACHINES": 2
        case let code where code.hasPrefix("TOO_") || code.hasPrefix("HEARTBEAT_"): 1
        default: 0
        }
    }

    private var status: String {
        let today = CalendarDate(of: now, offsetSeconds: utcOffsetSeconds)
        return switch record.license.code {
        case "BANNED": "BANNED"
        case "SUSPENDED": "SUSPENDED"
        case "EXPIRED": "EXPIRED"
        default: record.expiresOn <= today.adding(days: 3) ? "EXPIRING" : "ACTIVE"
        }
    }

    /// The last second of the last day, on the issuer's clock. A licence that is called expired
    /// expired before it was asked about.
    private var expiry: Instant {
        if let term = record.term { return term.end }
        let lastSecond =
            record.expiresOn.adding(days: 1).startOfDayUTC - .seconds(utcOffsetSeconds + 1)
        let yesterday = now - .seconds(86_400)
        return record.license.code == "EXPIRED" ? min(lastSecond, yesterday) : lastSecond
    }

    /// Keygen writes milliseconds even when they are zero.
    private static func milliseconds(_ instant: Instant) -> String {
        let text = instant.rfc3339
        return text.contains(".") ? text : text.dropLast() + ".000Z"
    }
}
