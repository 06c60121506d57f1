import CardModel
import Gateway
import HTTPTypes
import Hummingbird
import WireFormat

/// What is wrong with an item, as its buyer says, or the platform for him (M3-33): the claims that
/// no check opens by itself.
struct ProblemReportRoutes: Sendable {
    /// Bytes of a report: a few words of lists, and a page of text in escapes.
    static let largestBodyBytes = 32 << 10

    let gateway: DeliveryGateway
    let budget: ClaimBudget

    func add(to table: inout RouteTable) {
        table.on(.post, "/v1/deliveries/{id}/claims") { try await report($0) }
    }

    private func report(_ call: Call) async throws -> Response {
        let party = try await PartyRule(gateway: gateway)(call)
        guard let delivery = DeliveryID(call.parameters[0]) else { throw Problem(.notFound) }
        // That another order exists is not told to who holds a token of this one.
        if case .buyer(let own) = party.scope, own != delivery { throw Problem(.notFound) }
        guard party.mayReport else { throw Problem(.wrongActor) }
        let key = try call.idempotencyKey
        let bytes = try await call.jsonBytes(limit: Self.largestBodyBytes)
        let body = try ProblemReportBody(Call.jsonObject(bytes), namesActor: !party.isOnePerson)
        let principal = party.principal(speakingFor: body.actor)
        try budget.spend(
            on: delivery.text, by: principal, platform: party.platform.number, at: gateway.now)
        let answer = await gateway.report(
            body.statement,
            about: delivery,
            platform: party.platform,
            by: principal,
            body: bytes,
            idempotencyKey: key
        )
        switch answer {
        case .opened(let claim): return .json(claim, status: .created)
        case .known(let claim): return .json(claim)
        case .notCovered(let reason): throw Problem(notCovered: reason)
        case .unknown: throw Problem(.notFound)
        case .noLine(let others): throw Problem(noLine: body.statement.line, among: others)
        case .withheld(let withheld): throw Problem(withheld: withheld)
        case .otherAct: throw Problem(.idempotencyKeyReused)
        case .notAllowed(let reason):
            let known = ProblemReason(rawValue: reason)
            throw Problem(known?.status == .conflict ? known ?? .wrongState : .wrongState)
        case .unavailable(let reason): throw Problem(unavailable: reason)
        }
    }
}

extension Problem {
    /// 404 for a line that the delivery has not, to whom the delivery may be shown.
    fileprivate init(noLine line: Int, among others: [Int]) {
        let longest = 20
        let lines =
            others.prefix(longest).map(String.init).joined(separator: ", ")
            + (others.count > longest ? ", …" : "")
        self.init(
            .notFound,
            detail: LocalisedText(
                zhCN: "此交付没有第 \(line) 行；共有 \(others.count) 行：\(lines)。",
                en: "The delivery has no line \(line); the lines it has (\(others.count)): "
                    + "\(lines)."
            )
        )
    }
}

extension Party {
    /// Whether a claim of a buyer's is his to file: the buyer's own, the platform's for him.
    fileprivate var mayReport: Bool {
        switch scope {
        case .system, .buyer: true
        case .account(let account): ProblemReport.reporters.contains(account.role)
        }
    }
}

/// The body of a report.
private struct ProblemReportBody {
    private static let problems = ReportedProblem.all.map(\.state)
    private static let demands = Remedy.allCases.filter { !$0.isPersonOnly }
    /// For whom the platform's system speaks; the buyer where it does not say.
    private static let actors: [ClaimActor] = [.buyer, .platform]

    let statement: ProblemStatement
    let actor: ClaimActor

    /// - Throws: ``Problem`` with `invalid_fields`, naming everything that is wrong.
    init(_ object: JSONObject, namesActor: Bool) throws(Problem) {
        var reader = BodyReader(object)
        let line = reader.integer("line", in: 1...Int64(DeliveryNotice.largestLine))
        let check = reader.string("check")
        let state = reader.word("problem", of: Self.problems)
        let demand = reader.word("demand", of: Self.demands, required: false)
        let channel = reader.word("reported_via", of: ReportChannel.personal, required: false)
        let text = reader.string("statement", longest: ProblemReport.longestStatement)
        actor =
            namesActor
            ? reader.word("actor", of: Self.actors, required: false) ?? .buyer : .buyer
        if check != nil, check.flatMap({ CheckID($0) }) == nil { reader.fail("check", .malformed) }
        try reader.finish()
        guard let line, let problem = state.flatMap({ ReportedProblem($0) }) else {
            throw Problem(.invalidFields)
        }
        statement = ProblemStatement(
            line: Int(line),
            check: check.flatMap { CheckID($0) },
            problem: problem,
            demand: demand,
            channel: channel ?? .online,
            statement: text
        )
    }
}
