import Crypto
import WireFormat

@testable import IssuerSandbox

extension SandboxConfiguration {
    /// Known secrets, and no waiting.
    static var seeded: SandboxConfiguration {
        var configuration = SandboxConfiguration()
        configuration.seed = [UInt8](repeating: 7, count: SandboxCredentials.seedBytes)
        configuration.settlementDelay = .milliseconds(1)
        configuration.callbackInterval = .milliseconds(1)
        return configuration
    }

    static let seededCredentials = SandboxCredentials(seed: seeded.seed)
}

/// Questions to every issuer, each put as its public documents say.
extension SandboxClient {
    func sendForm(
        _ path: String,
        _ fields: [(String, String)],
        _ charset: TextCharset = .utf8,
        headers: [String: String] = [:]
    ) async throws -> Answer {
        let headers = headers.merging(
            ["content-type": "application/x-www-form-urlencoded; charset=\(charset.rawValue)"]
        ) { $1 }
        let body = Array(FormFields(fields, in: charset).encoded.utf8)
        return try await send("POST", path, headers: headers, body: body)
    }

    func postJSON(
        _ path: String,
        _ json: JSONValue,
        headers: [String: String] = [:]
    ) async throws -> Answer {
        let headers = headers.merging(["content-type": "application/json"]) { $1 }
        return try await send("POST", path, headers: headers, body: json.serialized())
    }

    static func basic(_ pair: String) -> String { "Basic " + Base64.encode(Array(pair.utf8)) }

    func askGumroad(
        _ key: String,
        product: String = SandboxCredentials.gumroadProduct,
        increments: String? = "false"
    ) async throws -> Answer {
        var fields = [("product_id", product), ("license_key", key)]
        if let increments { fields.append(("increment_uses_count", increments)) }
        return try await sendForm("/v2/licenses/verify", fields)
    }

    func askLemonSqueezy(_ key: String) async throws -> Answer {
        try await sendForm(
            "/v1/licenses/validate",
            [("license_key", key)],
            headers: ["accept": "application/json"]
        )
    }

    func askPolar(
        _ key: String,
        organization: String = SandboxCredentials.polarOrganization
    ) async throws -> Answer {
        try await postJSON(
            "/v1/customer-portal/license-keys/validate",
            ["key": .string(key), "organization_id": .string(organization)]
        )
    }

    func askLicenseManager(_ key: String, secret: String? = nil) async throws -> Answer {
        let credentials = SandboxConfiguration.seededCredentials
        let pair = credentials.lmfwcKey + ":" + (secret ?? credentials.lmfwcSecret)
        return try await send(
            "GET",
            "/wp-json/lmfwc/v2/licenses/" + PercentCoding.encode(Array(key.utf8)),
            headers: ["authorization": Self.basic(pair)]
        )
    }

    func askCryptolens(_ key: String, token: String? = nil) async throws -> Answer {
        try await sendForm(
            "/api/key/getkey",
            [
                ("token", token ?? SandboxConfiguration.seededCredentials.cryptolensToken),
                ("ProductId", String(SandboxCredentials.cryptolensProduct)), ("Key", key),
                ("Sign", "True"), ("SignMethod", "1"),
            ]
        )
    }

    func askLicenseSpring(
        _ key: String,
        at instant: Instant,
        sharedKey: String? = nil
    ) async throws -> Answer {
        let credentials = SandboxConfiguration.seededCredentials
        let date = HTTPDate.text(instant)
        let signature = LicenseSpring.signature(
            date: date,
            sharedKey: sharedKey ?? credentials.licenseSpringSharedKey
        )
        let authorization =
            #"algorithm="hmac-sha256",headers="date",signature="\#(signature)","#
            + #"apikey="\#(credentials.licenseSpringKey)""#
        return try await send(
            "GET",
            "/api/v4/check_license?hardware_id=device-1&product=SBX&license_key=\(key)",
            headers: ["date": date, "authorization": authorization]
        )
    }

    func askSquare(_ gan: String, token: String? = nil) async throws -> Answer {
        try await postJSON(
            "/v2/gift-cards/from-gan",
            ["gan": .string(gan)],
            headers: squareHeaders(token)
        )
    }

    func askSquareHistory(_ id: String) async throws -> Answer {
        try await send(
            "GET",
            "/v2/gift-cards/activities?gift_card_id=" + PercentCoding.encode(Array(id.utf8)),
            headers: squareHeaders(nil)
        )
    }

    private func squareHeaders(_ token: String?) -> [String: String] {
        [
            "authorization": "Bearer "
                + (token ?? SandboxConfiguration.seededCredentials.squareToken),
            "square-version": "2026-01-22",
        ]
    }

    func askAdyen(_ number: String, pin: String = "", key: String? = nil) async throws -> Answer {
        try await postJSON(
            "/pal/servlet/StoredValue/v46/checkBalance",
            [
                "merchantAccount": .string(SandboxCredentials.adyenMerchant),
                "reference": "ref-1",
                "paymentMethod": [
                    "type": "givex", "number": .string(number), "securityCode": .string(pin),
                ],
            ],
            headers: ["x-api-key": key ?? SandboxConfiguration.seededCredentials.adyenKey]
        )
    }

    func reloadlyToken(secret: String? = nil) async throws -> Answer {
        let credentials = SandboxConfiguration.seededCredentials
        return try await postJSON(
            "/reloadly/oauth/token",
            [
                "client_id": .string(credentials.reloadlyClient),
                "client_secret": .string(secret ?? credentials.reloadlySecret),
                "grant_type": "client_credentials",
                "audience": .string(SandboxCredentials.reloadlyAudience),
            ]
        )
    }

    func askReloadly(_ path: String, token: String? = nil) async throws -> Answer {
        var bearer = token
        if bearer == nil {
            bearer = try await reloadlyToken().json["access_token"]?.stringValue
        }
        return try await send(
            "GET",
            "/reloadly" + path,
            headers: [
                "authorization": "Bearer " + (bearer ?? ""),
                "accept": "application/com.reloadly.giftcards-v1+json",
            ]
        )
    }

    func askGivex(
        _ number: String, pin: String = "", password: String? = nil
    ) async throws
        -> Answer
    {
        let credentials = SandboxConfiguration.seededCredentials
        return try await postJSON(
            "/givex",
            [
                "jsonrpc": "2.0", "id": "7", "method": "dc_994",
                "params": [
                    "en", "T-1", .string(credentials.givexUser),
                    .string(password ?? credentials.givexPassword), .string(number), .string(pin),
                ],
            ]
        )
    }

    func askRuna(_ token: String) async throws -> Answer {
        try await send("GET", "/runa/\(token)?format=json")
    }
}

/// A question about a code, put to the issuer that speaks a protocol.
func ask(
    _ issuer: SandboxProtocol,
    _ code: String,
    _ client: SandboxClient,
    at now: Instant = SandboxClock.system.now()
) async throws -> SandboxClient.Answer {
    switch issuer {
    case .ericssonVSIP: try await client.askVoucherServer(code)
    case .keygen: try await client.askLicenseServer(code)
    case .gumroad: try await client.askGumroad(code)
    case .lemonSqueezy: try await client.askLemonSqueezy(code)
    case .polar: try await client.askPolar(code)
    case .lmfwc: try await client.askLicenseManager(code)
    case .cryptolens: try await client.askCryptolens(code)
    case .licenseSpring: try await client.askLicenseSpring(code, at: now)
    case .squareGiftCard: try await client.askSquare(code)
    case .adyenGiftCard: try await client.askAdyen(code)
    case .reloadlyGiftCard: try await client.askReloadly("/orders/transactions/\(code)/cards")
    case .givex: try await client.askGivex(code)
    case .runa: try await client.askRuna(code)
    case .ericssonUCIP: try await client.refill(code)
    case .yeepayCard: try await client.charge(code, order: "O-\(code)")
    case .shenzhoufu: try await client.enter(code, serial: code)
    case .ckxiang: try await client.checkCard(code)
    case .nineteenPay: try await client.submit(code, order: "O-\(code)")
    }
}
