import Foundation
import Testing
import WireFormat

@testable import IssuerSandbox

@Suite("Every issuer")
struct IssuerTableTests {
    @Test("speaks under its own name, has a path of its own and a word for good")
    func table() {
        let credentials = SandboxConfiguration.seededCredentials
        let desk = IssuerDesk(
            books: IssuerBooks(configuration: .seeded, clock: .system),
            credentials: credentials,
            keys: SandboxKeys(credentials: credentials)
        )
        var paths: Set<String> = []
        for issuer in SandboxProtocol.allCases {
            #expect(issuer.issuer.wireProtocol == issuer)
            for route in issuer.issuer.init(desk).routes {
                #expect(paths.insert("\(route.method) \(route.path)").inserted, "\(route.path)")
            }
            guard issuer != .ericssonVSIP, issuer != .keygen else { continue }
            #expect(issuer.issuer.wording(.good) != nil)
            #expect(issuer.issuer.wording(.notFound) != nil)
            #expect(issuer.issuer.wording(.unknownWord) != nil)
        }
    }

    @Test(
        "answers a good code, and fails in each of the common ways",
        arguments: SandboxProtocol.allCases)
    func failures(issuer: SandboxProtocol) async throws {
        try await withSandbox(.seeded) { _, client in
            func answer(_ name: String) async throws -> SandboxClient.Answer {
                let code = try #require(SandboxState.named(name)?.code(number: 3))
                return try await ask(issuer, code, client)
            }
            let good = try await answer("good")
            #expect(good.status == 200 && !good.body.isEmpty)
            #expect(try await answer("http_503").headers["retry-after"] == "30")
            #expect(try await answer("http_429").status == 429)
            #expect(try await answer("http_500").status == 500)
            #expect(try await answer("truncated").isCut)
            #expect(try await answer("reset").isBroken)
            #expect(try await answer("request_lost").isBroken)
            #expect(try await answer("html").text.contains("Maintenance"))
            #expect(try await answer("empty").body.isEmpty)
            #expect(
                try await answer("wrong_content_type").headers["content-type"]
                    == "application/octet-stream"
            )
            let shape = try await answer("wrong_shape")
            #expect(shape.status == 200 && shape.body != good.body)
            #expect(try await answer("duplicate_members").body != good.body)
            let quoting = try #require(SandboxState.named("code_in_error")?.code(number: 3))
            #expect(try await ask(issuer, quoting, client).text.contains(quoting))
            #expect(try await answer("code_in_redirect").status == 302)
        }
    }

    @Test("with no word for being busy or rate limited answers 503 or 429")
    func plainFailures() async throws {
        try await withSandbox(.seeded) { _, client in
            for issuer in SandboxProtocol.allCases
            where issuer != .ericssonVSIP && issuer != .keygen {
                for condition in [CardCondition.busy, .rateLimited] {
                    guard issuer.issuer.wording(condition) == nil else { continue }
                    let state = try #require(SandboxState.named(condition.rawValue))
                    let code = try #require(state.code(number: 9))
                    let answer = try await ask(issuer, code, client)
                    #expect(
                        answer.status == (condition == .busy ? 503 : 429),
                        "\(issuer.rawValue) \(condition.rawValue)"
                    )
                }
            }
        }
    }

    @Test("shows a redemption at every other issuer")
    func redemptionShows() async throws {
        try await withSandbox(.seeded) { _, client in
            let code = "110412000012345678"
            #expect(
                try await client.askSquare(code).json
                    .value(atPointer: "/gift_card/balance_money/amount") == 5000)
            _ = try await client.charge(code, order: "CP1")
            #expect(
                try await client.askSquare(code).json
                    .value(atPointer: "/gift_card/balance_money/amount") == 0)
            #expect(try await client.askVoucherServer(code).voucherMember("state") == "used")
            #expect(try await client.refill(code).voucherMember("responseCode") == "108")
        }
    }

    @Test("counts by its own name, without a code, an order or a secret")
    func counts() async throws {
        try await withSandbox(.seeded) { sandbox, client in
            for issuer in SandboxProtocol.allCases {
                _ = try await ask(issuer, "110412000012345678", client)
            }
            let calls = try await client.send("GET", "/sandbox/calls")
            for issuer in SandboxProtocol.allCases {
                let names = calls.json["operations"]?.objectValue?.members.map(\.name) ?? []
                #expect(names.contains { $0.hasPrefix(issuer.rawValue + " ") })
            }
            #expect(!calls.text.contains("12345678"))
        }
    }

    @Test("is set up by settings that name its address, and secrets that stand in files")
    func settings() async throws {
        try await withSandbox(.seeded) { sandbox, client in
            let settings = try await sandbox.settings
            let yaml = settings.yaml(directory: "/secrets")
            let secrets = settings.adapters.flatMap(\.settings).filter(\.isSecret)
            #expect(settings.adapters.count == SandboxProtocol.allCases.count)
            #expect(Set(secrets.map(\.value)).count == secrets.count && secrets.count > 10)
            for secret in secrets {
                #expect(!yaml.contains(secret.value) && !"\(secret)".contains(secret.value))
            }
            #expect(yaml.contains("  yeepay-card:\n    settings:\n"))
            #expect(yaml.contains("merchant_key: \"/secrets/yeepay-card.merchant_key\""))
            let endpoints = try await sandbox.endpoints
            for (adapter, list) in settings.adapters {
                #expect(list.first?.value == endpoints.address(of: adapter))
                #expect(
                    endpoints.json["issuers"]?[adapter.rawValue]?.stringValue == list.first?.value
                )
            }
        }
    }

    @Test("has new secrets at every start, and the same ones from the same seed")
    func secrets() {
        let first = SandboxCredentials(seed: nil)
        let second = SandboxCredentials(seed: nil)
        #expect(first.yeepayKey != second.yeepayKey)
        #expect(
            SandboxCredentials(seed: [1]).yeepayKey == SandboxCredentials(seed: [1]).yeepayKey
        )
        #expect(!"\(first)".contains(first.yeepayKey))
    }
}
