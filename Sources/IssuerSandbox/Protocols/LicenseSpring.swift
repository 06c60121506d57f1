import HTTPTypes
import WireFormat

/// LicenseSpring's License API v4: `GET /api/v4/check_license`, requests signed over their `Date`
/// with a shared key, answers signed twice with RSA (PKCS #1 v1.5, SHA-256): the header
/// `LicenseSignature` covers the body, the member `license_signature` device, key and validity
/// (docs.licensespring.com, pages "Response Signature" and "Response Signature v2").
struct LicenseSpring: WireIssuer {
    static let wireProtocol = SandboxProtocol.licenseSpring

    private static let question = SandboxQuestion(.licenseSpring, "check_license")
    /// How far a request's date may lie from the server's.
    private static let dateTolerance: Duration = .seconds(900)

    private let desk: IssuerDesk

    init(_ desk: IssuerDesk) { self.desk = desk }

    static func settings(_ site: SandboxSite) -> [SandboxSetting] {
        [
            .plain("product", SandboxCredentials.licenseSpringProduct),
            .plain("hardware_id", "cardproof-sandbox"),
            .plain("api_key", site.credentials.licenseSpringKey),
            .plain("public_key", Base64.encode(site.keys.rsaPublicKeyDER)),
            .secret("shared_key", site.credentials.licenseSpringSharedKey),
        ]
    }

    static func wording(_ condition: CardCondition) -> String? {
        switch condition {
        case .good: "times_activated 0"
        case .used, .usedBySame: "times_activated at max_activations"
        case .partiallyUsed: "times_activated below max_activations"
        case .expired: "license_expired"
        case .revoked: "license_not_enabled"
        case .notActivated: "license_not_active"
        case .notFound: "license_not_found"
        case .unknownWord: "license_frozen"
        case .reserved, .locked, .wrongSecret, .unsupported, .faceMismatch, .busy, .rateLimited,
            .pending, .disputed:
            nil
        }
    }

    var routes: [IssuerRoute] { [IssuerRoute(.get, "/api/v4/check_license", answer)] }

    private func answer(_ request: IssuerRequest) -> IssuerOutcome {
        guard isAuthorized(request) else {
            return desk.refused(Self.question, Self.error(.unauthorized, "signature_mismatch"))
        }
        guard let query = request.query, let device = query["hardware_id"], !device.isEmpty,
            let key = query["license_key"], !key.isEmpty, let product = query["product"]
        else { return desk.refused(Self.question, Self.error(.badRequest, "missing_parameters")) }
        guard product == SandboxCredentials.licenseSpringProduct else {
            return desk.refused(Self.question, Self.error(.badRequest, "unknown_product"))
        }
        guard let found = desk.books.ask(key, Self.question) else {
            return desk.refused(
                Self.question,
                errorReply(.serviceUnavailable, IssuerReply.booksAreFull)
            )
        }
        return .answered(reply(found, key: key, device: device), code: key, found)
    }

    private func reply(
        _ found: IssuerBooks.Finding,
        key: String,
        device: String
    ) -> IssuerReply {
        if let word = found.record.word ?? Self.refusal(found.record.condition) {
            return Self.error(.badRequest, word)
        }
        return .json(.object(license(found, key: key, device: device)))
    }

    private static func refusal(_ condition: CardCondition) -> String? {
        switch condition {
        case .expired, .revoked, .notActivated, .notFound, .unknownWord: wording(condition)
        case .good, .used, .usedBySame, .partiallyUsed, .reserved, .locked, .wrongSecret,
            .unsupported, .faceMismatch, .busy, .rateLimited, .pending, .disputed:
            nil
        }
    }

    private func license(
        _ found: IssuerBooks.Finding,
        key: String,
        device: String
    ) -> JSONObject {
        let record = found.record
        let told = record.namesOtherCode ? "AAAA-BBBB-CCCC-DDDD" : key
        let validity = Self.milliseconds(desk.expiry(found))
        let signed = "\(device)#\(told)#\(validity)".lowercased()
        let signature = desk.keys.rsaSHA256(Array(signed.utf8))
            .spoiled(if: found.faults.contains(.badSignature))
        let product =
            record.namesOtherProduct ? "OTHER" : SandboxCredentials.licenseSpringProduct
        return JSONObject([
            .init(name: "id", value: .integer(Int64(record.identifier(from: 0)))),
            .init(name: "license_key", value: .string(told)),
            .init(name: "hardware_id", value: .string(device)),
            .init(name: "license_signature", value: .string(Base64.encode(signature))),
            .init(name: "license_type", value: "subscription"),
            .init(name: "license_active", value: true),
            .init(name: "license_enabled", value: true),
            .init(name: "is_trial", value: false),
            .init(name: "validity_period", value: .string(validity)),
            .init(name: "max_activations", value: .integer(Int64(IssuerRecord.seatLimit))),
            .init(name: "times_activated", value: .integer(Int64(record.seatsTaken))),
            .init(
                name: "product_details",
                value: [
                    "product_name": "Sandbox product", "short_code": .string(product),
                    "authorization_method": "license_key",
                ]
            ),
        ])
    }

    func finished(
        _ reply: IssuerReply,
        to request: IssuerRequest,
        faults: [SandboxFault]
    ) -> IssuerReply {
        let signature = desk.keys.rsaSHA256(reply.body)
            .spoiled(if: faults.contains(.badSignature))
        return reply.with("LicenseSignature", Base64.encode(signature))
            .with("Date", HTTPDate.text(desk.now(faults)))
    }
}

extension LicenseSpring {
    /// What a request signs.
    static func signingString(date: String) -> String { "licenseSpring\ndate: \(date)" }

    static func signature(date: String, sharedKey: String) -> String {
        Base64.encode(Digests.hmacSHA256(signingString(date: date), key: Array(sharedKey.utf8)))
    }

    private func isAuthorized(_ request: IssuerRequest) -> Bool {
        guard let date = request.header("Date"), let instant = HTTPDate.instant(date),
            let authorization = request.headers[.authorization]
        else { return false }
        let distance = instant.duration(since: desk.now)
        guard distance <= Self.dateTolerance, distance >= .zero - Self.dateTolerance else {
            return false
        }
        let parts = Self.parameters(authorization)
        let expected = Self.signature(
            date: date,
            sharedKey: desk.credentials.licenseSpringSharedKey
        )
        return parts["algorithm"] == "hmac-sha256" && parts["headers"] == "date"
            && parts["apikey"] == desk.credentials.licenseSpringKey
            && parts["signature"] == expected
    }

    /// `a="1",b="2"`. Names in small letters: the vendor writes both `apikey` and `apiKey`.
    private static func parameters(_ text: String) -> [String: String] {
        var parameters: [String: String] = [:]
        for part in text.split(separator: ",") {
            let pair = part.split(separator: "=", maxSplits: 1).map(String.init)
            guard pair.count == 2, pair[1].hasPrefix("\""), pair[1].hasSuffix("\"") else {
                continue
            }
            let name = String(pair[0].drop { $0 == " " })
            parameters[name.lowercased()] = String(pair[1].dropFirst().dropLast())
        }
        return parameters
    }

    private static func milliseconds(_ instant: Instant) -> String {
        String(instant.rfc3339Seconds.dropLast()) + ".000Z"
    }

    private static func error(_ status: HTTPResponse.Status, _ code: String) -> IssuerReply {
        .json(
            [
                "status": .integer(Int64(status.code)), "code": .string(code),
                "message": .string(code.split(separator: "_").joined(separator: " ")),
            ],
            status: status
        )
    }

    func errorReply(_ status: HTTPResponse.Status, _ text: String) -> IssuerReply {
        .json(
            [
                "status": .integer(Int64(status.code)), "code": "internal_error",
                "message": .string(text),
            ],
            status: status
        )
    }

    var otherDocument: IssuerReply { .json(["versions": []]) }

    var contradiction: IssuerReply {
        .rawJSON(
            #"{"license_active":true,"times_activated":0,"license_active":false,"#
                + #""times_activated":2,"max_activations":2}"#
        )
    }
}
