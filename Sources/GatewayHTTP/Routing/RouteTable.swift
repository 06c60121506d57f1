import HTTPTypes
import Hummingbird

/// The routes of one listener: path patterns, the methods of each, and what answers them.
///
/// Hummingbird's own router answers 404 where a path exists and the method does not; a webhook
/// sender needs the 405 and its `Allow`, and the access log needs the pattern of both. Segments
/// are compared as they came: every path we make has one spelling, without percent signs.
struct RouteTable: Sendable {
    typealias Endpoint = @Sendable (Call) async throws -> Response

    /// One path pattern.
    struct Route: Sendable {
        /// As in openapi.yaml: `/v1/checks/{id}`; `/**` at the end takes the rest of the path.
        let pattern: String
        /// Distinguishes the routes of a table, for the metrics.
        let number: Int
        fileprivate(set) var endpoints: [(method: HTTPRequest.Method, endpoint: Endpoint)] = []

        /// HEAD is answered where GET is.
        func endpoint(for method: HTTPRequest.Method) -> Endpoint? {
            let wanted = method == .head ? .get : method
            return endpoints.first { $0.method == wanted }?.endpoint
        }

        /// The value of the `Allow` header.
        var allow: String {
            let methods = endpoints.map(\.method)
            return (methods.contains(.get) ? methods + [.head] : methods)
                .map(\.rawValue).joined(separator: ", ")
        }
    }

    private struct Node: Sendable {
        var literals: [Substring: Int] = [:]
        var parameter: Int?
        /// A route that takes this segment and all behind it.
        var rest: Int?
        /// The route that ends here.
        var route: Int?
    }

    private var nodes = [Node()]
    private(set) var routes: [Route] = []

    /// Adds an endpoint. Called while the server is built, never with input.
    mutating func on(
        _ method: HTTPRequest.Method,
        _ pattern: String,
        _ endpoint: @escaping Endpoint
    ) {
        var place = 0
        var takesRest = false
        for segment in pattern.split(separator: "/") {
            if segment == "**" {
                takesRest = true
            } else {
                place = child(of: place, for: segment)
            }
        }
        let number = (takesRest ? nodes[place].rest : nodes[place].route) ?? routes.count
        if number == routes.count { routes.append(Route(pattern: pattern, number: number)) }
        if takesRest { nodes[place].rest = number } else { nodes[place].route = number }
        routes[number].endpoints.append((method, endpoint))
    }

    private mutating func child(of place: Int, for segment: Substring) -> Int {
        let isParameter = segment.first == "{"
        let known = isParameter ? nodes[place].parameter : nodes[place].literals[segment]
        if let known { return known }
        nodes.append(Node())
        let new = nodes.count - 1
        if isParameter {
            nodes[place].parameter = new
        } else {
            nodes[place].literals[segment] = new
        }
        return new
    }

    /// The route of a path with the values of its parameters in the order of the pattern, the
    /// rest of the path last; nil when there is none.
    func match(_ path: String) -> (route: Route, parameters: [Substring])? {
        guard path.utf8.first == UInt8(ascii: "/") else { return nil }
        var parameters: [Substring] = []
        var place = 0
        var rest = path[path.utf8.index(after: path.startIndex)...]
        while true {
            if let route = nodes[place].rest, !rest.isEmpty {
                return (routes[route], parameters + [rest])
            }
            let end = rest.utf8.firstIndex(of: UInt8(ascii: "/")) ?? rest.endIndex
            let segment = rest[..<end]
            if let next = nodes[place].literals[segment] {
                place = next
            } else if let next = nodes[place].parameter, !segment.isEmpty {
                parameters.append(segment)
                place = next
            } else {
                return nil
            }
            guard end < rest.endIndex else { break }
            rest = rest[rest.utf8.index(after: end)...]
        }
        return nodes[place].route.map { (routes[$0], parameters) }
    }
}
