import CardModel
import Crypto
import Foundation
import Gateway
import WireFormat

/// Registers an audited stock file with a gateway: lines in order, then the seal. What broke off
/// goes on where it stopped when the same command is given again.
struct StockRegistration {
    /// What the batch is called, and whose it is.
    struct Terms {
        let merchant: String
        let product: String
        let name: String
        let supplier: String?
        let asOf: CalendarDate
    }

    /// Bytes of a chunk's lines, below what the gateway takes.
    private static let chunkBytes = 512 << 10
    /// How often a request that the gateway was too busy for is sent again.
    private static let mostTries = 6

    let terms: Terms
    let input: StockInput
    let format: CardFormat?
    let client: GatewayClient
    let token: String
    /// What the audit found, by line.
    let findings: LineFindings
    let progress: (Int, Int) -> Void

    /// - Returns: the batch as the gateway shows it.
    /// - Throws: ``CommandFailure``.
    func run(auditedLines: Int) async throws -> JSONValue {
        let (count, digest) = try await scan { _ in }
        guard count == auditedLines else { throw Self.changed }
        let begun = try await post("/v1/batches", begin(count: count), key: digest)
        guard let id = begun["batch"]?.stringValue,
            let received = begun["received"]?.integerValue.flatMap({ Int(exactly: $0) })
        else { throw CommandFailure.failed("the answer of the gateway names no batch") }
        if begun["state"]?.stringValue != BatchStanding.State.registering.rawValue {
            return begun
        }
        var chunk = Chunk(offset: received)
        var position = 0
        let (sent, secondDigest) = try await scan { line in
            defer { position += 1 }
            guard position >= received else { return }
            if chunk.isFull(before: line) { try await send(&chunk, of: count, to: id) }
            chunk.append(line)
        }
        guard sent == count, secondDigest == digest else { throw Self.changed }
        if !chunk.lines.isEmpty { try await send(&chunk, of: count, to: id) }
        return try await post("/v1/batches/\(id)/seal", .object(JSONObject()))
    }

    private static let changed = CommandFailure.failed(
        "the stock file changed while it was read: nothing was sealed; audit it again")

    private func begin(count: Int) -> JSONValue {
        var body: JSONObject = JSONObject([
            .init(name: "merchant", value: .string(terms.merchant)),
            .init(name: "product", value: .string(terms.product)),
            .init(name: "name", value: .string(terms.name)),
            .init(name: "lines", value: .integer(Int64(count))),
            .init(name: "as_of", value: .string(terms.asOf.iso8601)),
        ])
        body["supplier"] = terms.supplier.map { .string($0) }
        return .object(body)
    }

    /// Walks the lines with what was found.
    /// - Returns: how many there are, and what names this registration: a keyed hash of terms and
    ///   codes, since a plain one of a short file would let its codes be guessed. Findings are
    ///   no part of it: a history that has grown meanwhile goes on with the same batch.
    private func scan(
        _ take: (JSONValue) async throws -> Void
    ) async throws -> (count: Int, digest: String) {
        let reader = RegistrationReader(input, format: format)
        var findings = findings.makeReader()
        var digest = HMAC<SHA256>(key: SymmetricKey(data: Array(token.utf8)))
        digest.update(data: begin(count: 0).serialized())
        var count = 0
        do {
            while let lines = try await reader.next() {
                for line in lines {
                    let value = line.body(findings.finding(ofLine: line.line))
                    digest.update(data: line.body(nil).serialized())
                    try await take(value)
                    count += 1
                }
            }
        } catch let failure as StockReadFailure {
            throw CommandFailure.failed(failure.interruption.message)
        }
        return (count, Hexadecimal.encode(Array(digest.finalize())))
    }

    /// Lines on their way, with the place of the first.
    private struct Chunk {
        private(set) var offset: Int
        private(set) var lines: [JSONValue] = []
        private var byteCount = 0

        init(offset: Int) {
            self.offset = offset
        }

        func isFull(before line: JSONValue) -> Bool {
            lines.count == StockChunk.mostLines
                || !lines.isEmpty
                    && byteCount + line.serialized().count > StockRegistration.chunkBytes
        }

        mutating func append(_ line: JSONValue) {
            lines.append(line)
            byteCount += line.serialized().count
        }

        mutating func next() {
            self = Chunk(offset: offset + lines.count)
        }
    }

    private func send(_ chunk: inout Chunk, of count: Int, to id: String) async throws {
        let body: JSONValue = [
            "offset": .integer(Int64(chunk.offset)), "lines": .array(chunk.lines),
        ]
        _ = try await post("/v1/batches/\(id)/codes", body)
        chunk.next()
        progress(chunk.offset, count)
    }

    private func post(
        _ path: String, _ body: JSONValue, key: String? = nil
    ) async throws
        -> JSONValue
    {
        var headers = [("content-type", "application/json")]
        if let key { headers.append(("idempotency-key", key)) }
        for attempt in 1... {
            let answer = try await client.send(
                "POST",
                path,
                headers: headers,
                secretHeaders: [("authorization", "Bearer \(token)")],
                body: body.serialized()
            )
            if answer.isSuccess { return try answer.json }
            guard answer.status == 503, attempt < Self.mostTries else { throw answer.failure }
            try await Task.sleep(for: .milliseconds(250 << attempt))
        }
        preconditionFailure("the loop ends by returning or throwing")
    }
}

extension StockLine {
    /// The line as the gateway takes it.
    ///
    /// - Parameter found: nil leaves out what was found.
    fileprivate func body(_ found: LineFinding?) -> JSONValue {
        var body: JSONObject = JSONObject([
            .init(name: "line", value: .integer(Int64(line)))
        ])
        body["serial"] = code?.serial.map { .string($0.text) }
        code?.key.withUnredacted { body["key"] = .string($0) }
        body["expires_on"] = expiresOn.map { .string($0.iso8601) }
        guard let found else { return .object(body) }
        let classes = StockLineClass.allCases.filter {
            found.classes.contains($0) || self.classes.contains($0)
        }
        body["classes"] = .array(classes.map { .string($0.rawValue) })
        body["issuer_state"] = found.issuerState.map { .string($0.rawValue) }
        return .object(body)
    }
}
