import HTTPTypes
import WireFormat

/// Cryptolens: `POST /api/key/getkey`, a form with an access token. The licence comes as base64
/// with an RSA signature (PKCS #1 v1.5, SHA-256) over the decoded bytes.
struct Cryptolens: WireIssuer {
    static let wireProtocol = SandboxProtocol.cryptolens

    private static let question = SandboxQuestion(.cryptolens, "getkey")

    private let desk: IssuerDesk

    init(_ desk: IssuerDesk) { self.desk = desk }

    static func settings(_ site: SandboxSite) -> [SandboxSetting] {
        [
            .plain("product_id", String(SandboxCredentials.cryptolensProduct)),
            .plain("public_key", site.keys.rsaKeyValue),
            .plain("time_limited", "always"),
            .secret("access_token", site.credentials.cryptolensToken),
        ]
    }

    static func wording(_ condition: CardCondition) -> String? {
        switch condition {
        case .good: "no activated machine"
        case .used, .usedBySame: "as many machines as MaxNoOfMachines"
        case .partiallyUsed: "fewer machines than MaxNoOfMachines"
        case .expired: "Expires in the past"
        case .revoked: "Block true"
        case .notFound: "result 1, Could not find the key."
        case .unknownWord: "result 7"
        case .reserved, .locked, .notActivated, .wrongSecret, .unsupported, .faceMismatch, .busy,
            .rateLimited, .pending, .disputed:
            nil
        }
    }

    var routes: [IssuerRoute] { [IssuerRoute(.post, "/api/key/getkey", answer)] }

    private func answer(_ request: IssuerRequest) -> IssuerOutcome {
        guard let form = request.form, form["token"] == desk.credentials.cryptolensToken else {
            return desk.refused(
                Self.question,
                Self.failure("Unable to authenticate the access token.")
            )
        }
        guard form["ProductId"] == String(SandboxCredentials.cryptolensProduct),
            let key = form["Key"], !key.isEmpty
        else { return desk.refused(Self.question, Self.failure("Could not find the key.")) }
        guard let found = desk.books.ask(key, Self.question) else {
            return desk.refused(
                Self.question,
                errorReply(.serviceUnavailable, IssuerReply.booksAreFull)
            )
        }
        let isSigned = form["Sign"]?.lowercased() == "true" && form["SignMethod"] == "1"
        return .answered(reply(found, key: key, isSigned: isSigned), code: key, found)
    }

    private func reply(
        _ found: IssuerBooks.Finding,
        key: String,
        isSigned: Bool
    ) -> IssuerReply {
        if found.record.condition == .notFound { return Self.failure("Could not find the key.") }
        if found.record.condition == .unknownWord { return .json(["result": 7, "message": ""]) }
        let license = JSONValue.object(license(found, key: key))
        guard isSigned else {
            return .json(["licenseKey": license, "result": 0, "message": ""])
        }
        let bytes = license.serialized()
        let signature = desk.keys.rsaSHA256(bytes)
            .spoiled(if: found.faults.contains(.badSignature))
        return .json([
            "licenseKey": .string(Base64.encode(bytes)),
            "signature": .string(Base64.encode(signature)),
            "result": 0, "message": "",
        ])
    }

    private func license(_ found: IssuerBooks.Finding, key: String) -> JSONObject {
        let record = found.record
        let product = SandboxCredentials.cryptolensProduct + (record.namesOtherProduct ? 1 : 0)
        let features = (1...8).map {
            JSONObject.Member(name: "F\($0)", value: .bool($0 == 1))
        }
        return JSONObject(
            [
                .init(name: "ProductId", value: .integer(Int64(product))),
                .init(name: "ID", value: .integer(Int64(record.identifier(from: 0)))),
                .init(
                    name: "Key",
                    value: .string(record.namesOtherCode ? "AAAAA-BBBBB-CCCCC-DDDDD" : key)
                ),
                .init(name: "Created", value: Self.seconds(record.issuedAt)),
                .init(name: "Expires", value: Self.seconds(desk.expiry(found))),
                .init(name: "Period", value: 365),
            ] + features + [
                .init(name: "Notes", value: ""),
                .init(name: "Block", value: .bool(record.condition == .revoked)),
                .init(name: "GlobalId", value: .integer(Int64(record.identifier(from: 90_000)))),
                .init(name: "Customer", value: nil),
                .init(name: "ActivatedMachines", value: .array(machines(record))),
                .init(name: "TrialActivation", value: false),
                .init(name: "MaxNoOfMachines", value: .integer(Int64(IssuerRecord.seatLimit))),
                .init(name: "AllowedMachines", value: ""),
                .init(name: "DataObjects", value: []),
                .init(name: "SignDate", value: Self.seconds(desk.now(found.faults))),
            ]
        )
    }

    private func machines(_ record: IssuerRecord) -> [JSONValue] {
        let time = record.usedAt ?? record.issuedAt
        return (0..<record.seatsTaken).map { seat in
            [
                "Mid": .string("machine-\(seat + 1)"), "IP": "192.0.2.1",
                "Time": Self.seconds(time),
            ]
        }
    }

    private static func seconds(_ instant: Instant) -> JSONValue {
        .integer(instant.secondsAndMilliseconds.seconds)
    }

    /// Every answer has status 200.
    private static func failure(_ text: String) -> IssuerReply {
        .json(["result": 1, "message": .string(text)])
    }
}

extension Cryptolens {
    func errorReply(_ status: HTTPResponse.Status, _ text: String) -> IssuerReply {
        .json(["result": 1, "message": .string(text)], status: status)
    }

    var otherDocument: IssuerReply { .json(["result": 0, "products": []]) }

    var contradiction: IssuerReply {
        .rawJSON(#"{"result":0,"message":"","result":1,"licenseKey":"e30=","signature":""}"#)
    }
}
