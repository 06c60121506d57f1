import AdapterKit
import CardModel
import Gateway
import HTTPTypes
import Hummingbird
import WireFormat

/// The consent of a code's owner: told by the platform, or by the buyer about his own order.
struct ConsentRoutes: Sendable {
    /// Bytes of a consent: a few words, a digest and an account.
    static let largestBodyBytes = 16 << 10

    let gateway: DeliveryGateway
    let time: any TimeSource

    func add(to table: inout RouteTable) {
        table.on(.post, "/v1/deliveries/{id}/items/{line}/consents") { try await give($0) }
    }

    /// Who tells of a consent.
    private enum Teller {
        case platform(Platform)
        case buyer(Platform, DeliveryID)
    }

    private func give(_ call: Call) async throws -> Response {
        let teller = try teller(of: call)
        guard let delivery = DeliveryID(call.parameters[0]), let line = line(call.parameters[1])
        else { throw Problem(.notFound) }
        let key = try call.idempotencyKey
        let bytes = try await call.jsonBytes(limit: Self.largestBodyBytes)
        let body = try ConsentBody(Call.jsonObject(bytes), at: time.now())
        let platform: Platform
        switch teller {
        case .platform(let own): platform = own
        case .buyer(let own, let order):
            // That another order exists is not told to who holds a token of this one.
            guard order == delivery else { throw Problem(.notFound) }
            guard body.givenBy == .buyer else { throw Problem(.notTheOwner) }
            platform = own
        }
        let answer = await gateway.giveConsent(
            body.statement(line: line),
            to: delivery,
            platform: platform,
            body: bytes,
            idempotencyKey: key
        )
        switch answer {
        case .recorded(let consent): return .json(consent, status: .created)
        case .repeated(let consent): return .json(consent)
        case .unknown: throw Problem(.notFound)
        case .otherAct: throw Problem(.idempotencyKeyReused)
        case .notAllowed(let reason):
            let known = ProblemReason(rawValue: reason)
            throw Problem(known?.status == .conflict ? known ?? .wrongState : .wrongState)
        case .unavailable(let reason): throw Problem(unavailable: reason)
        }
    }

    private func teller(of call: Call) throws(Problem) -> Teller {
        guard let header = call.headers[.authorization] else { throw Problem(.missingToken) }
        guard let token = BearerToken(header) else { throw Problem(.wrongToken) }
        if let order = OrderToken(token.text),
            let platform = gateway.directory.platform(ofGenuine: order)
        {
            return .buyer(platform, order.delivery)
        }
        guard let platform = gateway.directory.platform(withAPIToken: token.text) else {
            throw Problem(.wrongToken)
        }
        return .platform(platform)
    }

    /// A line as notices number them, in its one spelling.
    private func line(_ text: Substring) -> Int? {
        guard let line = Int(text), String(line) == text,
            (1...DeliveryNotice.largestLine).contains(line)
        else { return nil }
        return line
    }
}

/// The body of a consent.
private struct ConsentBody {
    /// Hexadecimal digits of a SHA-256.
    static let digestLength = 64

    let operation: AdapterOperation
    let givenBy: ConsentGiver
    let givenAt: Instant?
    let statementSHA256: [UInt8]?
    let beneficiary: SecretValue?
    let check: CheckID?

    /// - Throws: ``Problem`` with `invalid_fields`, naming everything that is wrong.
    init(_ object: JSONObject, at now: Instant) throws(Problem) {
        var reader = BodyReader(object)
        let operation = reader.word("operation", of: ConsentStatement.operations)
        let givenBy = reader.word("given_by", of: ConsentGiver.allCases)
        let givenAt = reader.string("given_at")
        let digest = reader.string("statement_sha256", longest: Self.digestLength)
        let beneficiary = reader.string(
            "beneficiary", longest: ConsentRecord.longestBeneficiary)
        let check = reader.string("check")
        self.givenAt = givenAt.flatMap { Instant(rfc3339: $0) }
        if givenAt != nil, self.givenAt == nil { reader.fail("given_at", .malformed) }
        if let given = self.givenAt, given > now + DeliveryNotice.largestClockLead {
            reader.fail("given_at", .inFuture)
        }
        let bytes = digest.flatMap { Hexadecimal.decode($0) }
        statementSHA256 = bytes?.count == Self.digestLength / 2 ? bytes : nil
        if digest != nil, statementSHA256 == nil { reader.fail("statement_sha256", .malformed) }
        self.check = check.flatMap { CheckID($0) }
        if check != nil, self.check == nil { reader.fail("check", .malformed) }
        if let beneficiary, beneficiary.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
            reader.fail("beneficiary", .malformed)
        }
        self.beneficiary = beneficiary.map { SecretValue($0) }
        try reader.finish()
        guard let operation, let givenBy else { throw Problem(.invalidFields) }
        self.operation = operation
        self.givenBy = givenBy
    }

    func statement(line: Int) -> ConsentStatement {
        ConsentStatement(
            line: line,
            check: check,
            operation: operation,
            givenBy: givenBy,
            givenAt: givenAt,
            statementSHA256: statementSHA256,
            beneficiary: beneficiary
        )
    }
}
