import AdapterKit
import ArgumentParser
import CardModel
import WireFormat

/// How a party reaches the gateway.
struct PartyAccess: ParsableArguments {
    @Option(help: "URL of the gateway.")
    var gateway: String

    @Option(help: "File (or -) with the token.")
    var token: String

    /// The token; from standard input it can be read once.
    private var secret: String {
        get throws { try SecretInput.line(from: token, name: "--token") }
    }

    /// - Throws: ``CommandFailure`` when it is refused, or nobody answers.
    func read(_ path: String, language: Language) async throws -> JSONValue {
        try await asking { try await $0.json("GET", path, language) }
    }

    /// The rows that are wanted of a list, page by page, under the name the API gives it.
    /// - Throws: ``CommandFailure`` when a page is refused, or nobody answers.
    func rows(
        named name: String,
        at path: String,
        query: [String] = [],
        _ page: PartyPageOptions,
        language: Language
    ) async throws -> JSONValue {
        let limit = try page.rows.checked
        return try await asking { asked in
            try await page.request.allRows(named: name, limit: limit) { request in
                let parameters =
                    query + ["limit=\(request.limit)"]
                    + (request.cursor.map { ["cursor=\(URLSyntax.percentEncoded($0))"] } ?? [])
                return try await asked.json(
                    "GET", "\(path)?\(parameters.joined(separator: "&"))", language)
            }
        }
    }

    /// - Throws: ``CommandFailure`` when it is refused, or nobody answers.
    func post(
        _ path: String,
        _ body: JSONValue,
        idempotencyKey: String?,
        language: Language
    ) async throws -> JSONValue {
        let headers =
            [("content-type", "application/json")]
            + (idempotencyKey.map { [("idempotency-key", $0)] } ?? [])
        return try await asking {
            try await $0.json("POST", path, language, headers: headers, body: body.serialized())
        }
    }

    /// One client for all that is asked.
    private func asking(
        _ ask: (AskedGateway) async throws -> JSONValue
    ) async throws -> JSONValue {
        let client = try GatewayClient(url: gateway)
        do {
            let answer = try await ask(AskedGateway(client: client, secret: try secret))
            await client.close()
            return answer
        } catch {
            await client.close()
            throw error
        }
    }
}

/// A gateway that is asked with one token.
private struct AskedGateway {
    let client: GatewayClient
    let secret: String

    func json(
        _ method: String,
        _ path: String,
        _ language: Language,
        headers: [(String, String)] = [],
        body: [UInt8] = []
    ) async throws -> JSONValue {
        let answer = try await client.send(
            method, path, headers: headers + [("accept-language", language.rawValue)],
            secretHeaders: [("authorization", "Bearer \(secret)")], body: body)
        guard answer.isSuccess else { throw answer.failure }
        return try answer.json
    }
}
