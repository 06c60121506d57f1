import Gateway
import HTTPTypes
import Hummingbird
import WireFormat

/// Health, metrics, the API's own description, and the pages behind problems.
struct StatusRoutes: Sendable {
    private static let plainType = "text/plain; charset=utf-8"
    private static let metricsType = "text/plain; version=0.0.4; charset=utf-8"
    /// RFC 9512.
    private static let yamlType = "application/yaml"
    private static let htmlType = "text/html; charset=utf-8"
    private static let documentCache = "public, max-age=300"

    let gateway: DeliveryGateway
    let drain: DrainState
    let metricsText: @Sendable () -> String

    /// Whether the process answers at all, and whether it should get requests.
    func addHealth(to table: inout RouteTable) {
        table.on(.get, "/livez") { _ in
            .text("ok\n", type: Self.plainType, cache: "no-store")
        }
        table.on(.get, "/readyz") { _ in
            if drain.isDraining { throw Problem(.closing) }
            guard await gateway.isReady() else { throw Problem(.storeUnavailable) }
            return .text("ok\n", type: Self.plainType, cache: "no-store")
        }
    }

    func addMetrics(to table: inout RouteTable) {
        table.on(.get, "/metrics") { _ in
            .text(metricsText(), type: Self.metricsType, cache: "no-store")
        }
    }

    func addDocuments(to table: inout RouteTable) {
        table.on(.get, "/openapi.yaml") { _ in
            .bytes(
                PackageResources.openapi_yaml,
                type: Self.yamlType,
                cache: Self.documentCache
            )
        }
        table.on(.get, "/problems") { _ in Self.page(ProblemPage.index) }
        table.on(.get, "/problems/{reason}") { call in
            guard let reason = ProblemReason(rawValue: String(call.parameters[0])) else {
                throw Problem(.notFound)
            }
            return Self.page(ProblemPage.html(reason))
        }
    }

    private static func page(_ html: String) -> Response {
        var response = Response.text(html, type: htmlType, cache: documentCache)
        response.headers[.contentSecurityPolicy] = "default-src 'none'"
        return response
    }
}
