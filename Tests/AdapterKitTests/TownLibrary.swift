import AdapterKit
import CardModel
import Testing
import WireFormat

/// An invented issuer for tests: a manifest that uses most of the language.
enum TownLibrary {
    static let manifest = """
        id: town-library
        version: 3
        name: {en: Town library vouchers, zh: 市图书馆代金券}
        operations: {inquire: {effect: read_only}}
        settings:
          endpoint: {kind: url, required: true}
          shop: {default: main}
          token: {secret: true, required: true}
        limits: {timeout_seconds: 2, response_bytes: 65536}
        retry_safe: true
        request:
          method: POST
          url: "{settings.endpoint}/v2/cards/{serial}"
          query: {shop: "{settings.shop}", value: "{face_value.minor?}"}
          headers: {Accept: application/json}
          json: {pin: "{key}", strict: true, product: "{product}"}
        auth: {scheme: bearer, token: "{secrets.token}"}
        response:
          issuer_code: /code
          issuer_text: /message
          echo: {serial: /card/serial}
          expires: {path: /card/until, as: date, past_means_expired: true}
          value:
            amount: /card/balance
            unit: major
            currency: /card/currency
            lower_means: partially_used
            zero_means: used
          first_use: {path: /card/used_at, as: unix_seconds}
          scrub: [/card/holder]
          rules:
            - when: {status: 404, json: {/code: "0404"}}
              state: not_found
            - when: {status: [200, 409], json: {/card: {type: object}}}
              table:
                path: /code
                codes:
                  "0001": ok_unused
                  "0002": used
                  "0003": {state: indeterminate, cause: reserved}
                  "0009": revoked
            - when: {status: 400, headers: {X-Reason: {begins_with: bad-pin}}}
              state: not_found
        """

    static let key = "Zq7K-m4Xw-9TrB-2LcV-8HsD"
    static let token = "mark-Token-5519-Zr41"

    static let configuration = AdapterConfiguration(
        id: "town-library",
        settings: ["endpoint": "https://library.example/api/"],
        secrets: ["token": SecretValue(token)]
    )

    static func factory() throws -> AdapterFactory {
        try AdapterFactory(manifest: AdapterManifest(yaml: manifest, file: "town-library.yaml"))
    }

    static func adapter() throws -> any IssuerAdapter {
        try factory().adapter(configuredBy: configuration)
    }

    static func inquiry(
        serial: String? = "007-A",
        key: String = key,
        faceValue: Int64? = 5000
    ) throws -> Inquiry {
        try Inquiry(
            code: CardCode(serial: serial.map { SerialNumber($0) }, key: CardKey(key)),
            product: "book voucher",
            faceValue: faceValue.flatMap { Money(minorUnits: $0, currency: "CNY") },
            askedAt: #require(Instant(rfc3339: "2026-11-20T08:00:00Z")),
            deliveredAt: Instant(rfc3339: "2026-11-20T07:00:00Z"),
            format: .generic
        )
    }

    static func answer(
        _ body: String,
        status: Int = 200,
        type: String = "application/json",
        headers: [(name: String, value: String)] = []
    ) -> OutboundResponse {
        OutboundResponse(
            status: status,
            headers: [(name: "Content-Type", value: type)] + headers,
            body: Array(body.utf8)
        )
    }

    static let good = """
        {"code": "0001", "message": "fine", "card": {"serial": "007A", "until": "2027-01-31", \
        "balance": "50.00", "currency": "CNY", "used_at": null, "holder": "Li Lei"}, \
        "more": "https://library.example/more"}
        """

    /// Asks with one answer.
    static func ask(_ body: String, status: Int = 200) async throws -> InquiryResult {
        let issuer = ScriptedIssuer(answers: [answer(body, status: status)])
        return try await adapter().inquire(inquiry(), using: issuer)
    }

    static let fixtures = """
        adapter: town-library
        settings: {endpoint: "https://library.example/api"}
        secrets: {token: \(token)}
        attacks: {good: good, unmapped: unmapped, echo: echo}
        cases:
          - name: good
            serial: 007-A
            key: \(key)
            face_value: {amount_minor: 5000, currency: CNY}
            asked_at: 2026-11-20T08:00:00Z
            answers:
              - status: 200
                headers: {Content-Type: application/json}
                body: '\(good)'
            expect: {state: ok_unused, issuer_code: "0001", issuer_text: fine, requests: 1}
          - name: used
            serial: 007-A
            key: \(key)
            asked_at: 2026-11-20T08:00:00Z
            answers:
              - status: 409
                headers: {Content-Type: application/json}
                body: '{"code": "0002", "message": "gone", "card": {"used_at": 1763500000}}'
            expect: {state: used, issuer_code: "0002", issuer_at: "2025-11-18T21:06:40Z"}
          - name: unmapped
            serial: 007-A
            key: \(key)
            asked_at: 2026-11-20T08:00:00Z
            answers:
              - status: 200
                headers: {Content-Type: application/json}
                body: '{"code": "0042", "message": "?", "card": {}}'
            expect: {state: indeterminate, cause: unmapped, issuer_code: "0042"}
          - name: echo
            serial: 007-A
            key: \(key)
            asked_at: 2026-11-20T08:00:00Z
            answers:
              - status: 404
                headers: {Content-Type: application/json}
                body: '{"code": "0404", "message": "no card ECHO-GOES-HERE"}'
            expect: {state: not_found, issuer_code: "0404"}
        """
}
