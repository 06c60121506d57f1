import CardModel
import Gateway
import HTTPTypes
import Hummingbird
import WireFormat

/// The buyer's self-test (CONTRACT, Reading back; claims.md E5).
///
/// With an order token only the codes of that order are asked about; the code that the buyer
/// types is compared and goes no further. Without one there is advice about the form of a code,
/// from what is public anyway: this must not become a way to try stolen codes.
struct SelfTestRoutes: Sendable {
    /// Bytes of a self-test's body: the codes of the largest order.
    static let largestBodyBytes = DeliveryNotice.largestBodyBytes

    let gateway: DeliveryGateway
    let addresses: AddressBudget
    let clientAddress: ClientAddress
    let time: any TimeSource

    func add(to table: inout RouteTable) {
        table.on(.post, "/v1/selftests") { try await test($0) }
    }

    private func test(_ call: Call) async throws -> Response {
        if let wait = addresses.spend(clientAddress.of(call), at: time.now()) {
            throw Problem(.addressBudgetSpent, retryAfterSeconds: wait.wholeSeconds)
        }
        guard let header = call.headers[.authorization] else {
            return try await advise(call)
        }
        let body = try await call.jsonObject(limit: Self.largestBodyBytes)
        guard let token = BearerToken(header) else { throw Problem(.wrongToken) }
        var reader = BodyReader(body)
        let codes = TypedCode.all(&reader)
        let smallestFirst = reader.bool("smallest_first") ?? false
        let answer = await gateway.selfTest(
            token: token.text, received: try received(codes, reader),
            smallestFirst: smallestFirst)
        switch answer {
        case .tested(let answer): return .json(answer)
        case .wrongToken: throw Problem(.wrongToken)
        case .withheld(let withheld): throw Problem(withheld: withheld)
        case .budgetSpent(let availableAt):
            throw Problem(.orderBudgetSpent, retryAfterSeconds: seconds(until: availableAt))
        case .unavailable(let reason): throw Problem(unavailable: reason)
        }
    }

    private func received(
        _ codes: [TypedCode],
        _ reader: BodyReader
    ) throws(Problem) -> [ReceivedCode] {
        try reader.finish()
        return codes.map { ReceivedCode(line: $0.line, code: $0.code) }
    }

    private func advise(_ call: Call) async throws -> Response {
        var reader = BodyReader(try await call.jsonObject(limit: Self.largestBodyBytes))
        let product = reader.string("product")
        let formatID = reader.string("format")
        let codes = TypedCode.all(&reader)
        // A product that is not configured gets the advice of one that has no format of its own.
        var format = product.flatMap { gateway.catalogue[$0]?.format } ?? .generic
        if let formatID {
            if let named = CardFormat.builtIn(formatID) {
                format = named
            } else {
                reader.fail("format", .unknown)
            }
        }
        try reader.finish()
        return .json(FormatAdvice(format: format).answer(about: codes))
    }

    /// At least one; a day when nobody knows.
    private func seconds(until instant: Instant?) -> Int {
        instant.map { $0.duration(since: time.now()).wholeSeconds } ?? 86_400
    }
}

extension Duration {
    /// Rounded up, at least one: what `Retry-After` may say.
    var wholeSeconds: Int {
        let (seconds, attoseconds) = components
        return max(1, Int(seconds) + (attoseconds > 0 ? 1 : 0))
    }
}

/// A code as a buyer typed it.
struct TypedCode: Sendable {
    var line: Int
    var code: CardCode

    /// The `codes` of a body; absent is none.
    static func all(_ reader: inout BodyReader) -> [TypedCode] {
        var lines: Set<Int> = []
        let elements = reader.array("codes", limit: DeliveryNotice.itemLimit)
        return elements.enumerated().compactMap { index, element in
            guard let object = element.objectValue else {
                reader.fail("codes/\(index)", .wrongType)
                return nil
            }
            var fields = BodyReader(object, at: "/codes/\(index)")
            let line = fields.integer("line", in: 1...Int64(DeliveryNotice.largestLine))
            let key = fields.string(
                "key",
                required: true,
                longest: DeliveryNotice.longestCodeField
            )
            let serial = fields.string("serial", longest: DeliveryNotice.longestCodeField)
            if let line, !lines.insert(Int(line)).inserted { fields.fail("line", .duplicateLine) }
            reader.adopt(fields)
            guard let line, let key else { return nil }
            return TypedCode(
                line: Int(line),
                code: CardCode(serial: serial.map { SerialNumber($0) }, key: CardKey(key))
            )
        }
    }
}
