import HTTPTypes
import Hummingbird
import NIOCore
import WireFormat

/// The sandbox over HTTP: two issuers and the control endpoint, on one port.
struct SandboxRoutes: Sendable {
    let voucherServer: VoucherServer
    let licenseServer: LicenseServer
    let control: ControlDesk
    let books: IssuerBooks

    init(books: IssuerBooks) {
        self.books = books
        voucherServer = VoucherServer(
            books: books,
            credentials: books.configuration.credentials
        )
        licenseServer = LicenseServer(books: books)
        control = ControlDesk(books: books)
    }

    func router() -> Router<SandboxRequestContext> {
        let router = Router(context: SandboxRequestContext.self)
        router.post("/RPC2") { try await voucherAnswer($0, $1) }
        router.post("/v1/accounts/{account}/licenses/actions/validate-key") {
            try await licenseAnswer($0, $1)
        }
        addControl(to: router)
        return router
    }

    private func addControl(to router: Router<SandboxRequestContext>) {
        router.post("/sandbox/codes") { request, _ in
            try await controlAnswer(request) { body throws(ControlProblem) in
                try control.scriptCodes(body)
            }
        }
        router.post("/sandbox/faults") { request, _ in
            try await controlAnswer(request) { body throws(ControlProblem) in
                try control.setFaults(body)
            }
        }
        router.delete("/sandbox/faults") { _, _ in
            books.switches = []
            return Self.json(control.faults)
        }
        router.get("/sandbox/faults") { _, _ in Self.json(control.faults) }
        router.get("/sandbox/calls") { _, _ in Self.json(control.calls) }
        router.delete("/sandbox/calls") { _, _ in
            books.clearCounts()
            return Self.json(control.calls)
        }
        router.post("/sandbox/reset") { _, _ in
            books.reset()
            return Self.json(control.faults)
        }
        router.get("/sandbox/states") { _, _ in Self.json(control.states) }
        router.get("/sandbox/redirected/{code}") { _, _ in redirected() }
        router.post("/sandbox/redirected/{code}") { _, _ in redirected() }
    }

    /// Only a caller who followed a redirect of ours comes here.
    private func redirected() -> Response {
        books.redirectFollowed()
        return FaultyDelivery.plain(.text(.ok, "This redirect should not have been followed.\n"))
    }
}

extension SandboxRoutes {
    private func voucherAnswer(
        _ request: Request,
        _ context: SandboxRequestContext
    ) async throws -> Response {
        let body = try await Self.bytes(request, upTo: SandboxLimits.questionBytes)
        books.questionBegan()
        defer { books.questionEnded() }
        let outcome = voucherServer.answer(
            authorization: request.headers[.authorization],
            contentType: request.headers[.contentType],
            body: body
        )
        return try await deliver(outcome, .ericssonVSIP, context)
    }

    private func licenseAnswer(
        _ request: Request,
        _ context: SandboxRequestContext
    ) async throws -> Response {
        let body = try await Self.bytes(request, upTo: SandboxLimits.questionBytes)
        let account = try context.parameters.require("account")
        books.questionBegan()
        defer { books.questionEnded() }
        let outcome = licenseServer.answer(
            account: account,
            contentType: request.headers[.contentType],
            body: body
        )
        return try await deliver(outcome, .keygen, context)
    }

    private func deliver(
        _ outcome: IssuerOutcome,
        _ issuerProtocol: SandboxProtocol,
        _ context: SandboxRequestContext
    ) async throws -> Response {
        switch outcome {
        case .refused(let reply):
            return FaultyDelivery.plain(reply)
        case .answered(let reply, let code, let found):
            let delivery = FaultyDelivery(
                faults: found.faults,
                issuerProtocol: issuerProtocol,
                code: code,
                askedAt: found.askedAt
            )
            return try await delivery.response(reply, context: context)
        }
    }

    /// A web page of a stranger cannot script the sandbox: a browser sends `application/json`
    /// across origins only after asking, and is never answered yes.
    private func controlAnswer(
        _ request: Request,
        _ act: ([UInt8]) throws(ControlProblem) -> JSONValue
    ) async throws -> Response {
        guard request.headers[.contentType]?.lowercased().hasPrefix("application/json") == true
        else {
            return Self.problem(
                ControlProblem(
                    status: 415,
                    reason: "unsupported_media_type",
                    detail: "Content-Type application/json is expected"
                )
            )
        }
        let body = try await Self.bytes(request, upTo: SandboxLimits.controlBytes)
        do {
            return Self.json(try act(body))
        } catch {
            return Self.problem(error)
        }
    }

    /// - Throws: an HTTP 413 when the body is longer.
    private static func bytes(_ request: Request, upTo limit: Int) async throws -> [UInt8] {
        let buffer = try await request.body.collect(upTo: limit)
        return Array(buffer.readableBytesView)
    }

    private static func json(_ value: JSONValue) -> Response {
        FaultyDelivery.plain(
            IssuerReply(contentType: "application/json", body: value.serialized())
        )
    }

    private static func problem(_ problem: ControlProblem) -> Response {
        FaultyDelivery.plain(
            IssuerReply(
                status: HTTPResponse.Status(code: problem.status),
                contentType: "application/problem+json",
                body: problem.json.serialized()
            )
        )
    }
}
