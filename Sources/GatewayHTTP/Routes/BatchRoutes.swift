import CardModel
import Gateway
import HTTPTypes
import Hummingbird
import WireFormat

/// Registered stock: batches, their lines, and what is done to them. All of it is the platform's.
struct BatchRoutes: Sendable {
    /// Bytes of an act, or of what a batch is called.
    static let largestActBytes = 16 << 10
    /// Bytes of a chunk of lines.
    static let largestChunkBytes = DeliveryNotice.largestBodyBytes

    let gateway: DeliveryGateway
    /// A proof is composed and signed; many at once would keep deliveries waiting.
    private let proving = WorkLimit<PlatformNumber>(mostAtOnce: 4, mostWaiting: 64, mostOfOne: 2)

    /// Chunks that are taken at once: what is committed together is one transaction, and deliveries
    /// wait behind it.
    private let adding = WorkLimit<PlatformNumber>(mostAtOnce: 2, mostWaiting: 64, mostOfOne: 16)

    init(gateway: DeliveryGateway) {
        self.gateway = gateway
    }

    func add(to table: inout RouteTable, authorising authorise: CallerRule) {
        @Sendable func own(_ call: Call) throws(Problem) -> Platform {
            guard let platform = try authorise(call).platform else { throw Problem(takes: .system) }
            return platform
        }
        table.on(.get, "/v1/batches") { try await list($0, for: authorise($0)) }
        table.on(.post, "/v1/batches") { try await register($0, own($0)) }
        table.on(.get, "/v1/batches/{id}") { try await read($0, for: authorise($0)) }
        table.on(.post, "/v1/batches/{id}/codes") { try await addLines($0, own($0)) }
        table.on(.post, "/v1/batches/{id}/seal") { call in
            let platform = try own(call)
            let id = try id(call)
            try await BodyReader(call.jsonObject(limit: Self.largestActBytes)).finish()
            return try response(await gateway.sealBatch(id, platform: platform))
        }
        table.on(.post, "/v1/batches/{id}/release") { try await release($0, own($0)) }
        table.on(.post, "/v1/batches/{id}/quarantine") {
            try await act(.quarantine, $0, own($0))
        }
        table.on(.post, "/v1/batches/{id}/recall") { try await act(.recall, $0, own($0)) }
        table.on(.post, "/v1/batches/{id}/withdraw") { try await act(.withdraw, $0, own($0)) }
        table.on(.get, "/v1/batches/{id}/lines/{line}/proof") { try await prove($0, own($0)) }
    }

    private func id(_ call: Call) throws(Problem) -> BatchID {
        guard let id = BatchID(call.parameters[0]) else { throw Problem(.notFound) }
        return id
    }

    // MARK: Registering

    private func register(_ call: Call, _ platform: Platform) async throws -> Response {
        let key = try call.idempotencyKey
        let body = try await call.jsonObject(limit: Self.largestActBytes)
        let terms = try BatchTerms(body)
        // The fingerprints of another product's issuer would not find these codes again.
        guard gateway.catalogue[terms.product] != nil else {
            throw Problem(
                .invalidFields, errors: [FieldProblem(.pointer("/product"), .unknown)])
        }
        let answer = await gateway.registerBatch(terms, key: key, platform: platform)
        return try response(answer, fresh: .created)
    }

    private func addLines(_ call: Call, _ platform: Platform) async throws -> Response {
        let id = try id(call)
        let body = try await call.jsonObject(limit: Self.largestChunkBytes)
        let chunk = try StockChunkBody(body)
        let answer = try await adding.run(for: platform.number) {
            await gateway.addStock(
                chunk.lines, offset: chunk.offset, to: id, platform: platform)
        }
        return try response(answer)
    }

    // MARK: Acts

    private func act(
        _ act: BatchAct,
        _ call: Call,
        _ platform: Platform
    ) async throws -> Response {
        let id = try id(call)
        try await BodyReader(call.jsonObject(limit: Self.largestActBytes)).finish()
        return try response(await gateway.act(act, on: id, platform: platform))
    }

    private func release(_ call: Call, _ platform: Platform) async throws -> Response {
        let id = try id(call)
        var reader = BodyReader(try await call.jsonObject(limit: Self.largestActBytes))
        let first = reader.optionalInteger("first", in: 1...Int64(BatchTerms.mostLines))
        let isWaived = reader.bool("waived") ?? false
        try reader.finish()
        return try response(
            await gateway.act(
                .release(first: first.map { Int($0) }, isWaived: isWaived),
                on: id,
                platform: platform
            )
        )
    }

    private func response(
        _ answer: BatchAnswer,
        fresh: HTTPResponse.Status = .ok
    ) throws(Problem) -> Response {
        switch answer {
        case .done(let batch, let isRepeat): return .json(batch, status: isRepeat ? .ok : fresh)
        case .unknown: throw Problem(.notFound)
        case .otherAct: throw Problem(.idempotencyKeyReused)
        case .implausible(let line):
            throw Problem(
                .invalidFields,
                errors: [
                    FieldProblem(
                        .pointer("/lines/\(line)/key"),
                        .malformed,
                        detail: LocalisedText(
                            zhCN: "不是该商品格式的卡密，却未标为 malformed。",
                            en:
                                "It is no code of the product's card format, and not `malformed`."
                        )
                    )
                ]
            )
        case .notAllowed(let reason):
            let known = ProblemReason(rawValue: reason)
            throw Problem(known?.status == .conflict ? known ?? .wrongState : .wrongState)
        case .unavailable(let reason): throw Problem(unavailable: reason)
        }
    }

    // MARK: Reading

    private func list(_ call: Call, for caller: Caller) async throws -> Response {
        let (query, caller) = try caller.query(
            of: call, known: ["cursor", "limit"], in: gateway.directory)
        let cursor = query["cursor"].map { BatchID($0) }
        guard cursor.map({ $0 != nil }) ?? true else {
            throw QueryParameters.problem("cursor", .malformed)
        }
        let page = try await gateway.batches(
            platform: caller.platform,
            cursor: cursor ?? nil,
            limit: query.limit
        )
        return .json(page.named("batches"))
    }

    private func read(_ call: Call, for caller: Caller) async throws -> Response {
        let id = try id(call)
        return try await caller.first(in: gateway.directory) {
            try await gateway.batch(id, platform: $0)
        }
    }

    private func prove(_ call: Call, _ platform: Platform) async throws -> Response {
        let id = try id(call)
        guard let line = Int(call.parameters[1]), String(line) == call.parameters[1],
            line > 0
        else { throw Problem(.notFound) }
        let bytes = try await proving.run(for: platform.number) {
            try await offLoop {
                try await gateway.stockLineBundle(line, of: id, platform: platform)
            }
        }
        guard let bytes else { throw Problem(.notFound) }
        var response = Response.bytes(bytes, type: "application/zip", cache: "no-store")
        response.headers[.contentDisposition] =
            "attachment; filename=\"cardproof-\(id.text)-line-\(line).zip\""
        return response
    }
}

extension BatchTerms {
    /// Names of a batch are words for people, without control characters.
    fileprivate init(_ object: JSONObject) throws(Problem) {
        var reader = BodyReader(object)
        let merchant = reader.name("merchant", required: true)
        let product = reader.name("product", required: true)
        let name = reader.name("name", required: true)
        let supplier = reader.name("supplier", required: false)
        let lines = reader.integer("lines", in: 1...Int64(BatchTerms.mostLines))
        let day = reader.string("as_of", required: true)
        let asOf = day.flatMap { CalendarDate(iso8601: $0) }
        if day != nil, asOf == nil { reader.fail("as_of", .malformed) }
        try reader.finish()
        guard let merchant, let product, let name, let lines, let asOf else {
            throw Problem(.invalidFields)
        }
        self.init(
            merchant: merchant,
            product: product,
            name: name,
            supplier: supplier,
            lineCount: Int(lines),
            asOf: asOf
        )
    }
}

extension BodyReader {
    fileprivate mutating func name(_ name: String, required: Bool) -> String? {
        let text = string(name, required: required)
        if let text, text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
            fail(name, .malformed)
        }
        return text
    }
}

/// The body of a chunk of lines.
private struct StockChunkBody {
    let offset: Int
    let lines: [StockLine]

    init(_ object: JSONObject) throws(Problem) {
        var reader = BodyReader(object)
        let offset = reader.integer("offset", in: 0...Int64(BatchTerms.mostLines))
        let elements = reader.array("lines", limit: StockChunk.mostLines)
        if elements.isEmpty { reader.fail("lines", .empty) }
        var lines: [StockLine] = []
        for (index, element) in elements.enumerated() {
            guard let object = element.objectValue else {
                reader.fail("lines/\(index)", .wrongType)
                continue
            }
            var line = BodyReader(object, at: "/lines/\(index)")
            if let read = StockLine(&line) { lines.append(read) }
            reader.adopt(line)
        }
        try reader.finish()
        guard let offset else { throw Problem(.invalidFields) }
        self.offset = Int(offset)
        self.lines = lines
    }
}

extension StockLine {
    /// Nil, and the reader knows why, for a line that is not one.
    fileprivate init?(_ reader: inout BodyReader) {
        let number = reader.integer("line", in: 1...Int64(Int32.max))
        let serial = reader.string("serial", longest: DeliveryNotice.longestCodeField)
        let key = reader.string("key", longest: DeliveryNotice.longestCodeField)
        let day = reader.string("expires_on")
        let expiresOn = day.flatMap { CalendarDate(iso8601: $0) }
        if day != nil, expiresOn == nil { reader.fail("expires_on", .malformed) }
        let words = reader.array("classes", limit: StockLineClass.allCases.count)
        let classes = words.compactMap { $0.stringValue.flatMap { StockLineClass(rawValue: $0) } }
        if classes.count != words.count { reader.fail("classes", .unknown) }
        let state = reader.word("issuer_state", of: VerdictState.allCases, required: false)
        // A line without a readable code is malformed, and a malformed line has none.
        if (key == nil) != classes.contains(.malformed) { reader.fail("key", .malformed) }
        if key == nil, serial != nil { reader.fail("serial", .malformed) }
        guard let number else { return nil }
        self.init(
            line: Int(number),
            code: key.map {
                CardCode(serial: serial.map { SerialNumber($0) }, key: CardKey($0))
            },
            expiresOn: expiresOn,
            classes: classes,
            issuerState: state
        )
    }
}

extension Problem {
    /// Codes that may not be handed over: the worst reason, and each item's own place.
    init(_ blocks: [HandOverBlock]) {
        let reasons: [HandOverBlock.Reason] = [
            .quarantined, .notReleased, .failedAudit, .notRegistered,
        ]
        let worst = reasons.first { reason in blocks.contains { $0.reason == reason } }
        self.init(
            (worst ?? .notReleased).problem,
            errors: blocks.prefix(FieldErrors.reportLimit).map { block in
                FieldProblem(
                    .pointer("/items/\(block.item)/key"),
                    .blocked,
                    detail: LocalisedText(
                        zhCN: block.reason.problem.title.zhCN
                            + (block.batch.map { "：\($0.text)" } ?? ""),
                        en: block.reason.problem.title.en
                            + (block.batch.map { ": \($0.text)" } ?? "")
                    )
                )
            }
        )
    }
}

extension HandOverBlock.Reason {
    fileprivate var problem: ProblemReason {
        switch self {
        case .notReleased: .batchNotReleased
        case .quarantined: .batchQuarantined
        case .failedAudit: .codeFailedAudit
        case .notRegistered: .codeNotRegistered
        }
    }
}
