import HTTPTypes
import Hummingbird
import NIOCore
import WireFormat

/// The sandbox over HTTP: every issuer and the control endpoint, on one port.
struct SandboxRoutes: Sendable {
    private let issuers: [any WireIssuer]
    private let control: ControlDesk
    private let books: IssuerBooks
    private let callbacks: CallbackDesk

    init(desk: IssuerDesk, callbacks: CallbackDesk) {
        books = desk.books
        issuers = SandboxProtocol.allCases.map { $0.issuer.init(desk) }
        control = ControlDesk(books: desk.books, keys: desk.keys)
        self.callbacks = callbacks
    }

    func router() -> Router<SandboxRequestContext> {
        let router = Router(context: SandboxRequestContext.self)
        for issuer in issuers {
            for route in issuer.routes {
                router.on(RouterPath(route.path), method: route.method) { request, context in
                    try await answer(request, context, issuer: issuer, route: route)
                }
            }
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
        router.get("/sandbox/keys") { _, _ in Self.json(control.publicKeys) }
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
    private func answer(
        _ request: Request,
        _ context: SandboxRequestContext,
        issuer: any WireIssuer,
        route: IssuerRoute
    ) async throws -> Response {
        let question = IssuerRequest(
            method: request.method,
            target: request.head.path ?? "/",
            authority: request.head.authority,
            headers: request.headers,
            body: try await Self.bytes(request, upTo: SandboxLimits.questionBytes)
        )
        books.questionBegan()
        defer { books.questionEnded() }
        switch route.answer(question) {
        case .refused(let reply):
            return FaultyDelivery.plain(issuer.finished(reply, to: question, faults: []))
        case .answered(let reply, let code, let found, let plan):
            if let plan, plan.precedesAnswer { await callbacks.send(plan) }
            let delivery = FaultyDelivery(
                faults: found.faults,
                issuer: issuer,
                request: question,
                code: code,
                askedAt: found.askedAt
            )
            // Scheduled first: the order is settled, whatever becomes of the answer.
            if let plan, !plan.precedesAnswer { callbacks.schedule(plan) }
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
        FaultyDelivery.plain(.json(value))
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
