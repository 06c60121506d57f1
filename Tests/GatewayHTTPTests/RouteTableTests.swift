import Foundation
import HTTPTypes
import Testing

@testable import GatewayHTTP

@Suite("Routes") struct RouteTableTests {
    private func table() -> RouteTable {
        var table = RouteTable()
        for pattern in ["/a", "/a/{id}", "/a/{id}/b", "/a/fixed", "/t/{p}/tile/**"] {
            table.on(.get, pattern) { _ in throw Problem(.notFound) }
        }
        return table
    }

    @Test(
        "a path is one route, literal segments before parameters",
        arguments: [
            ("/a", "/a", []), ("/a/1", "/a/{id}", ["1"]), ("/a/fixed", "/a/fixed", []),
            ("/a/1/b", "/a/{id}/b", ["1"]),
            ("/t/x/tile/0/000.p/1", "/t/{p}/tile/**", ["x", "0/000.p/1"]),
        ]
    )
    func match(path: String, pattern: String, parameters: [String]) {
        let found = table().match(path)
        #expect(found?.route.pattern == pattern)
        #expect(found?.parameters.map(String.init) == parameters)
    }

    @Test(
        "other spellings of a path are no route",
        arguments: [
            "", "/", "a", "//a", "/a/", "/a//", "/A", "/a/1/", "/a/1/b/", "/a//b", "/t/x/tile",
            "/t/x/tile/", "/%61", "/a/1/c", "*", "/t//tile/0",
        ]
    )
    func noMatch(path: String) {
        #expect(table().match(path) == nil)
    }

    @Test("every public route and every reason stands in the API's description, and nothing else")
    func described() async throws {
        let text = String(decoding: PackageResources.openapi_yaml, as: UTF8.self)
        let described = text.split(separator: "\n").filter { $0.hasPrefix("  /") }
            .map { $0.dropFirst(2).dropLast().description }
        let served = try await GatewayFixture().tables().api.routes.map {
            $0.pattern.replacingOccurrences(of: "**", with: "{path}")
        }
        #expect(Set(described) == Set(served))
        let reasons = try #require(text.components(separatedBy: "    ProblemReason:\n").last)
            .prefix { $0 != "]" }.split { ",[ \n".contains($0) }.map(String.init)
        for reason in ProblemReason.allCases { #expect(reasons.contains(reason.rawValue)) }
        for reason in FieldProblem.Reason.allCases { #expect(text.contains(reason.rawValue)) }
        for name in ClaimEventBody.Name.allCases { #expect(text.contains(name.rawValue)) }
    }
}
