import WireFormat

@testable import IssuerSandbox

extension SandboxClient {
    /// `sandbox:secret` in HTTP Basic.
    static let basic = "Basic " + Base64.encode(Array("sandbox:secret".utf8))

    static func voucherCall(_ method: String, _ members: String) -> [UInt8] {
        Array(
            """
            <?xml version='1.0'?>
            <methodCall><methodName>\(method)</methodName><params><param><value><struct>\(members)\
            </struct></value></param></params></methodCall>
            """.utf8
        )
    }

    static func member(_ name: String, _ value: String) -> String {
        "<member><name>\(name)</name><value><string>\(value)</string></value></member>"
    }

    func callVoucherServer(
        _ body: [UInt8],
        authorization: String? = basic,
        contentType: String = "text/xml"
    ) async throws -> Answer {
        var headers = ["content-type": contentType]
        headers["authorization"] = authorization
        return try await send("POST", "/RPC2", headers: headers, body: body)
    }

    func askVoucherServer(
        _ code: String,
        _ method: String = "GetVoucherDetails",
        by member: String = "activationCode"
    ) async throws -> Answer {
        try await callVoucherServer(Self.voucherCall(method, Self.member(member, code)))
    }

    func askLicenseServer(_ key: String) async throws -> Answer {
        try await send(
            "POST",
            "/v1/accounts/demo/licenses/actions/validate-key",
            headers: ["content-type": "application/vnd.api+json"],
            body: JSONValue.object(
                JSONObject([.init(name: "meta", value: ["key": .string(key)])])
            ).serialized()
        )
    }
}

/// What an XML-RPC response holds.
enum VoucherAnswerRead: Equatable {
    case members(XMLRPCStructure)
    case fault(Int)
    case other
}

extension SandboxClient.Answer {
    var voucher: VoucherAnswerRead {
        guard let root = try? XMLReader.root(of: body), root.name == "methodResponse",
            let first = root.children.first
        else { return .other }
        let element = first.name == "fault" ? first : first.children.first
        guard let value = element?.children.first, let read = try? XMLRPCValue(value),
            case .structure(let members) = read
        else { return .other }
        if first.name == "fault", case .integer(let code)? = members["faultCode"] {
            return .fault(code)
        }
        return .members(members)
    }

    /// One member of a voucher answer as text; nil when it is absent or nested.
    func voucherMember(_ name: String) -> String? {
        guard case .members(let members) = voucher else { return nil }
        return switch members[name] {
        case .string(let text), .dateTime(let text): text
        case .integer(let number): String(number)
        case .boolean(let flag): String(flag)
        case .array, .structure, .other, nil: nil
        }
    }

    /// `newState` and `timestamp` of each transaction record.
    var transactions: [[String]] {
        guard case .members(let members) = voucher,
            case .array(let records)? = members["transactionRecords"]
        else { return [] }
        return records.map { record in
            guard case .structure(let members) = record,
                case .string(let state)? = members["newState"],
                case .dateTime(let time)? = members["timestamp"]
            else { return [] }
            return [state, time]
        }
    }
}
