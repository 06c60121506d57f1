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
    func read(_ path: String) async throws -> JSONValue {
        try await read(path, token: secret)
    }

    /// All rows of a list, page by page, under the name the API gives it.
    func allRows(
        named name: String,
        at path: String,
        query: [String] = []
    ) async throws -> JSONValue {
        let token = try self.secret
        var rows: [JSONValue] = []
        var cursor: String?
        repeat {
            let asked = (query + (cursor.map { ["cursor=\($0)"] } ?? [])).joined(separator: "&")
            let page = try await read(path + (asked.isEmpty ? "" : "?\(asked)"), token: token)
            rows += page[name]?.arrayValue ?? []
            cursor = page["next_cursor"]?.stringValue
        } while cursor != nil
        return .object(JSONObject([.init(name: name, value: .array(rows))]))
    }

    /// - Throws: ``CommandFailure`` when it is refused, or nobody answers.
    func post(
        _ path: String,
        _ body: JSONValue,
        idempotencyKey: String?,
        language: Language = .en
    ) async throws -> JSONValue {
        let secret = try self.secret
        let client = try GatewayClient(url: gateway)
        let answer = try await client.send(
            "POST",
            path,
            headers: [
                ("content-type", "application/json"), ("accept-language", language.rawValue),
            ]
                + (idempotencyKey.map { [("idempotency-key", $0)] } ?? []),
            secretHeaders: [("authorization", "Bearer \(secret)")],
            body: body.serialized()
        )
        await client.close()
        guard answer.isSuccess else { throw answer.failure }
        return try answer.json
    }

    private func read(_ path: String, token: String) async throws -> JSONValue {
        let client = try GatewayClient(url: gateway)
        let answer = try await client.send(
            "GET", path, secretHeaders: [("authorization", "Bearer \(token)")])
        await client.close()
        guard answer.isSuccess else { throw answer.failure }
        return try answer.json
    }
}
