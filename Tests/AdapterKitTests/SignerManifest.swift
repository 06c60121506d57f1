import AdapterKit
import CardModel
import Foundation
import Testing
import WireFormat

/// Manifests that differ in how requests are signed and answers verified.
enum SignerManifest {
    static func adapter(
        request: String,
        auth: String = "auth: {scheme: none}",
        response: String = "",
        settings: [String: String] = [:],
        secrets: [String: String] = [:]
    ) throws -> any IssuerAdapter {
        var configured = settings
        configured["endpoint"] = settings["endpoint"] ?? "https://issuer.example"
        let manifest = try AdapterManifest(
            yaml: yaml(request: request, auth: auth, response: response),
            file: "signer.yaml"
        )
        return try AdapterFactory(manifest: manifest).adapter(
            configuredBy: AdapterConfiguration(
                id: "signer",
                settings: configured,
                secrets: secrets.mapValues { SecretValue($0) }
            )
        )
    }

    static func yaml(
        request: String,
        auth: String = "auth: {scheme: none}",
        response: String = ""
    ) -> String {
        """
        id: signer
        version: 1
        name: {en: Signer, zh: 签名}
        operations: {inquire: {effect: read_only}}
        settings:
          endpoint: {kind: url, required: true}
          public_key: {kind: key}
          key: {secret: true}
        request:
        \(indented(request))
        \(auth)
        response:
        \(indented(response.isEmpty ? "issuer_code: /code" : response))
          rules: [{table: {path: /code, codes: {"00": ok_unused, "40": not_found}}}]
        """
    }

    private static func indented(_ text: String) -> String {
        text.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n")
    }

    static func inquiry(
        at seconds: Int64 = 1_795_161_600,
        nonce: UInt64 = 0,
        serial: String? = nil,
        key: String = "Zq7K-m4Xw-9TrB-2LcV"
    ) -> Inquiry {
        Inquiry(
            code: CardCode(serial: serial.map { SerialNumber($0) }, key: CardKey(key)),
            product: "test",
            faceValue: Money(minorUnits: 5000, currency: "CNY"),
            askedAt: Instant(secondsSinceEpoch: seconds),
            format: .generic,
            issuerReference: SecretValue("mark-order-7731-ref"),
            nonce: nonce
        )
    }

    /// The request for one inquiry.
    static func sent(
        _ adapter: any IssuerAdapter,
        _ inquiry: Inquiry = inquiry()
    ) async throws -> OutboundRequest {
        let issuer = ScriptedIssuer(answers: [answer(#"{"code":"00"}"#)])
        _ = try await adapter.inquire(inquiry, using: issuer)
        return try #require(await issuer.requests.first)
    }

    static func answer(
        _ body: String,
        type: String = "application/json",
        headers: [(name: String, value: String)] = [],
        status: Int = 200
    ) -> OutboundResponse {
        OutboundResponse(
            status: status,
            headers: [(name: "Content-Type", value: type)] + headers,
            body: Array(body.utf8)
        )
    }

    static func vectors(_ name: String) throws -> JSONValue {
        let folder = URL(filePath: #filePath).resolvingSymlinksInPath()
            .deletingLastPathComponent().deletingLastPathComponent()
        let data = try Data(contentsOf: folder.appending(path: "Vectors/\(name).json"))
        return try JSONValue.parse(Array(data))
    }
}

extension OutboundRequest {
    var bodyText: String { String(decoding: body, as: UTF8.self) }

    func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}

extension JSONValue {
    /// The text at a pointer of a vector file.
    func vector(_ pointer: String) throws -> String {
        try #require(value(atPointer: pointer)?.stringValue)
    }
}
