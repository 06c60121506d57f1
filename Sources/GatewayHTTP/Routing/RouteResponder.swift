import CardModel
import Gateway
import HTTPTypes
import Hummingbird
import Logging
import NIOHTTP1
import WireFormat

/// Finds the endpoint of a request, turns what it throws into a problem, and observes both.
struct RouteResponder: Sendable {
    let table: RouteTable
    let observer: RequestObserver

    func respond(to request: Request, context: ConnectionContext) async -> Response {
        let begun = ContinuousClock.now
        let found = table.match(request.uri.path)
        var response = await answer(to: request, context: context, found)
        if request.method == .head { response = response.createHeadResponse() }
        observer.note(
            method: request.method,
            route: found?.route,
            status: response.status,
            duration: .now - begun,
            context: context
        )
        return response
    }

    private func answer(
        to request: Request,
        context: ConnectionContext,
        _ found: (route: RouteTable.Route, parameters: [Substring])?
    ) async -> Response {
        do {
            guard let found else { throw Problem(.notFound) }
            guard let endpoint = found.route.endpoint(for: request.method) else {
                throw Problem(.methodNotAllowed, allow: found.route.allow)
            }
            return try await endpoint(
                Call(request: request, context: context, parameters: found.parameters)
            )
        } catch {
            var response = problem(for: error, context: context)
                .response(in: Language(acceptLanguage: request.headers[.acceptLanguage]))
            response.headers[.requestID] = context.requestID
            return response
        }
    }

    private func problem(for error: any Error, context: ConnectionContext) -> Problem {
        switch error {
        case let problem as Problem: return problem
        case is HTTPParserError: return Problem(.malformedRequest)
        case is CancellationError: return Problem(.closing)
        case is StoreError:
            observer.report(error, context: context)
            return Problem(.storeUnavailable)
        default:
            observer.report(error, context: context)
            return Problem(.internal)
        }
    }
}

extension HTTPField.Name {
    static let webhookID = HTTPField.Name("webhook-id")!
    static let webhookTimestamp = HTTPField.Name("webhook-timestamp")!
    static let webhookSignature = HTTPField.Name("webhook-signature")!
    static let prefer = HTTPField.Name("prefer")!
    static let referrerPolicy = HTTPField.Name("referrer-policy")!
    static let preferenceApplied = HTTPField.Name("preference-applied")!
    static let idempotencyKey = HTTPField.Name("idempotency-key")!
    static let requestID = HTTPField.Name("x-request-id")!
}
