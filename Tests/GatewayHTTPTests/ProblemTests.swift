import CardModel
import Gateway
import HTTPTypes
import Logging
import Testing
import WireFormat

@testable import GatewayHTTP

@Suite("Problems") struct ProblemTests {
    @Test("a problem has every member, in the language that was asked for, and its page is served")
    func document() async throws {
        let client = try await GatewayFixture().client()
        for (header, language, title) in [
            ("zh-CN,zh;q=0.9,en;q=0.8", "zh-CN", "没有找到"), ("en", "en", "There is nothing here"),
        ] {
            let answer = try await client.get("/nothing", [("accept-language", header)])
            #expect(answer.status == 404)
            #expect(answer.header("content-type") == "application/problem+json")
            #expect(answer.header("content-language") == language)
            #expect(answer.header("vary") == "accept-language")
            #expect(answer.header("x-request-id")?.count ?? 0 >= 16)
            #expect(
                answer.json.objectValue?.members.map(\.name)
                    == ["type", "title", "status", "reason", "detail", "errors"]
            )
            #expect(answer.json["title"]?.stringValue == title)
            let page = try await client.get(try #require(answer.json["type"]?.stringValue))
            #expect(page.status == 200)
            #expect(page.text.contains("没有找到") && page.text.contains("There is nothing here"))
        }
    }

    @Test(
        "every reason has texts in both languages and a page of its own",
        arguments: ProblemReason.allCases
    )
    func reasons(reason: ProblemReason) async throws {
        for language in Language.allCases {
            #expect(!reason.title[language].isEmpty && !reason.detail[language].isEmpty)
        }
        #expect((400...503).contains(reason.status.code))
        #expect((reason.status == .unauthorized) == (reason.challenge != nil))
        #expect(ProblemPage.index.contains(reason.path))
        #expect(ProblemPage.html(reason).contains(reason.title.zhCN))
    }

    @Test("a remedy that waits for no code is answered by what to send, alike in both ways")
    func otherRemedy() {
        let problem = FieldProblem(
            FieldError(
                pointer: "/items/0/remedy", reason: .otherRemedy,
                detail: FieldError.otherRemedyDetail))
        let text = FieldProblem.Reason.otherRemedy.text
        #expect(problem.detail.en == text.en && problem.detail.zhCN == text.zhCN)
        #expect(text.zhCN.contains("rem_…") && text.zhCN.contains("dispense"))
    }

    @Test("what Gateway refuses with is known here")
    func gatewayReasons() {
        // A clock that does not ring is told to nobody.
        let untold: Set<ClaimRefusal> = [.timerNotRunning, .timerNotDue]
        for refusal in ClaimRefusal.allCases where !untold.contains(refusal) {
            #expect(ProblemReason(rawValue: refusal.rawValue)?.status == .conflict)
        }
        for reason in ["overloaded", "closing", "store_unavailable", "internal", "anything"] {
            #expect(Problem(unavailable: reason).reason.status == .serviceUnavailable)
            #expect(Problem(unavailable: reason).retryAfterSeconds ?? 0 > 0)
        }
    }

    @Test("405 names the methods, HEAD is answered where GET is")
    func methods() async throws {
        let fixture = try await GatewayFixture()
        let client = fixture.client()
        let posted = try await client.call(.post, "/v1/deliveries")
        #expect(posted.status == 405 && posted.header("allow") == "GET, HEAD")
        let got = try await client.get("/v1/selftests")
        #expect(got.status == 405 && got.header("allow") == "POST")
        let get = try await client.get("/openapi.yaml")
        let head = try await client.call(.head, "/openapi.yaml")
        #expect(head.status == 200 && head.body.isEmpty)
        #expect(head.header("content-length") == get.header("content-length"))
        #expect(try await client.call(.head, "/v1/selftests").status == 405)
    }

    @Test("a place in broken JSON is shown only where every step is a name of ours")
    func pointers() async throws {
        let fixture = try await GatewayFixture()
        func errors(_ body: String) async throws -> (JSONValue?, String) {
            let bytes = Array(body.utf8)
            let answer = try await fixture.client().call(
                .post,
                DeliveryRouteTests.path,
                fixture.signed(bytes, id: "m1"),
                body: bytes
            )
            #expect(answer.status == 400)
            return (answer.json["errors"]?.arrayValue?.first?["pointer"], answer.text)
        }
        let named = try await errors(#"{"order":{"id":1,"id":2}}"#)
        #expect(named.0?.stringValue?.hasPrefix("/order") == true, "\(named.1)")
        let hidden = try await errors(#"{"SECRET-0001":{"x":1,"x":2}}"#)
        #expect(hidden.0 == nil && !hidden.1.contains("SECRET"))
    }

    @Test(
        "the language is the best of two that the caller accepts",
        arguments: [
            (nil, .en), ("", .en), ("zh", .zhCN), ("zh-Hans-CN", .zhCN), ("ZH-cn", .zhCN),
            ("en;q=0.5, zh;q=0.9", .zhCN), ("zh;q=0.5, en;q=0.9", .en), ("fr, zh;q=0.1", .zhCN),
            ("fr", .en), ("*", .en), ("zh;q=0", .en), (";;;,,q=", .en), ("zh;q=x, en;q=0.1", .en),
        ] as [(String?, Language)]
    )
    func languages(header: String?, language: Language) {
        #expect(Language(acceptLanguage: header) == language)
    }

    @Test("an access line names the pattern and never the path, the query, a token or a body")
    func accessLog() async throws {
        let fixture = try await GatewayFixture()
        let lines = LogLines()
        let client = fixture.client(log: lines.logger)
        let secret = "cpt_synthetic-secret"
        let denied = try await client.get(
            "/v1/deliveries/dlv_\(secret)?webhook_id=\(secret)",
            [("authorization", "Bearer \(secret)")]
        )
        _ = try await client.call(HTTPRequest.Method("BREW")!, "/\(secret)")
        let body = Array(#"{"key":"\#(secret)"}"#.utf8)
        _ = try await client.call(
            .post,
            DeliveryRouteTests.path,
            fixture.signed(body, id: "m-\(secret)"),
            body: body
        )
        let text = lines.all.joined(separator: "\n")
        #expect(lines.all.count == 3)
        #expect(!text.contains(secret))
        #expect(text.contains("/v1/deliveries/{id}") && text.contains("status=401"))
        #expect(text.contains("method=other") && text.contains("route=unknown"))
        #expect(text.contains("duration_ms="))
        #expect(denied.header("x-request-id").map { text.contains("request_id=\($0)") } == true)
    }
}
