import AdapterKit
import Gateway
import HTTPTypes
import Testing
import WireFormat

@testable import GatewayHTTP

@Suite("Admin routes") struct AdminRouteTests {
    @Test("a platform is added once, its secrets shown once, and it can send at once")
    func addPlatform() async throws {
        let fixture = try await GatewayFixture()
        let admin = fixture.client(\.admin)
        let body: JSONValue = ["name": "second", "origin": "second.example/log"]
        let added = try await admin.post("/admin/platforms", json: body)
        #expect(added.status == 201, "\(added.text)")
        let secret = try #require(added.json["secrets"]?["webhook_secret"]?.stringValue)
        #expect(WebhookKey(secret) != nil)
        let token = try #require(added.json["secrets"]?["api_token"]?.stringValue)
        #expect(added.json["vkey"]?.stringValue?.hasPrefix("second.example/log+") == true)
        let read = try await fixture.client().get(
            "/v1/deliveries",
            [("authorization", "Bearer \(token)")]
        )
        #expect(read.status == 200)
        let again = try await admin.post("/admin/platforms", json: body)
        #expect(again.status == 409 && again.reason == "platform_not_added")
        let list = try await admin.get("/admin/platforms")
        #expect(list.json["platforms"]?.arrayValue?.count == 2)
        #expect(!list.text.contains(token) && !list.text.contains(secret))
        #expect(list.json["platforms"]?.arrayValue?.first?["log_size"]?.integerValue == 0)
    }

    @Test("keys that the platform brings are taken, and none is made")
    func ownKeys() async throws {
        let fixture = try await GatewayFixture()
        let key = WebhookKey.secret([UInt8](repeating: 7, count: 32)).text
        let added = try await fixture.client(\.admin).post(
            "/admin/platforms",
            json: [
                "name": "second", "origin": "second.example/log",
                "events_url": "https://second.example/events", "webhook_keys": [.string(key)],
            ]
        )
        #expect(added.status == 201 && added.json["secrets"]?["webhook_secret"] == .null)
        #expect(added.json["events_url"]?.stringValue == "https://second.example/events")
        #expect(!added.text.contains(key))
    }

    @Test(
        "a platform that cannot be is refused with the reason, and no key is repeated",
        arguments: [
            (#"{"name":"Second","origin":"a.example"}"#, 409),
            (#"{"name":"second","origin":"a b"}"#, 422), (#"{"origin":"a.example"}"#, 422),
            (#"{"name":"second","origin":"a.example","webhook_keys":["whsec_QQ=="]}"#, 422),
            (#"{"name":"second","origin":"a.example","x":1}"#, 422),
        ]
    )
    func refused(body: String, status: Int) async throws {
        let fixture = try await GatewayFixture()
        let answer = try await fixture.client(\.admin).call(
            .post,
            "/admin/platforms",
            [("content-type", "application/json")],
            body: Array(body.utf8)
        )
        #expect(answer.status == status, "\(answer.text)")
        #expect(!answer.text.contains("whsec_QQ"))
        #expect(fixture.gateway.directory.all.count == 1)
    }

    @Test("the operator reads all platforms, or one, without a token")
    func reading() async throws {
        let fixture = try await GatewayFixture()
        let admin = fixture.client(\.admin)
        let body = fixture.notice(order: "o-1", key: "100000000000000001").serialized()
        let sent = try await fixture.client().call(
            .post,
            DeliveryRouteTests.path,
            fixture.signed(body, id: "m1"),
            body: body
        )
        let id = try #require(sent.json["delivery"]?.stringValue)
        _ = try await admin.post(
            "/admin/platforms",
            json: ["name": "second", "origin": "second.example/log"]
        )
        func count(_ query: String) async throws -> Int? {
            try await admin.get("/v1/deliveries\(query)").json["deliveries"]?.arrayValue?.count
        }
        #expect(try await count("") == 1)
        #expect(try await count("?platform=shop") == 1)
        #expect(try await count("?platform=second") == 0)
        #expect(try await admin.get("/v1/deliveries?platform=third").status == 422)
        #expect(try await admin.get("/v1/deliveries/\(id)").status == 200)
        #expect(try await admin.get("/v1/deliveries?webhook_id=m1").status == 200)
        #expect(try await admin.get("/v1/claims").json["claims"]?.arrayValue == [])
        let opened = try await admin.get("/admin/platforms/shop/evidence/0")
        #expect(opened.status == 200, "\(opened.text)")
        #expect(opened.json["fields"]?.objectValue?.members.isEmpty == false)
        #expect(!opened.text.contains("100000000000000001"))
        #expect(try await admin.get("/admin/platforms/shop/evidence/9").status == 404)
        #expect(try await admin.get("/v1/platforms/shop/log/checkpoint").status == 200)
    }

    @Test("status and adapters are shown as they are")
    func status() async throws {
        let admin = try await GatewayFixture().client(\.admin)
        let status = try await admin.get("/admin/status")
        #expect(status.json["ready"]?.boolValue == true)
        #expect(status.json["adapters_ready"]?.arrayValue == ["redeemer", "scripted"])
        let adapter = try await admin.get("/admin/adapters/scripted")
        #expect(adapter.json["operations"]?.arrayValue?.isEmpty == false)
        #expect(adapter.json["ready"]?.boolValue == true)
        #expect(try await admin.get("/admin/adapters/nobody").status == 404)
        let list = try await admin.get("/admin/adapters")
        #expect(list.json["adapters"]?.arrayValue?.last == adapter.json)
    }

    @Test("what is the operator's stands at no public address")
    func notPublic() async throws {
        let fixture = try await GatewayFixture()
        for path in ["/admin/status", "/admin/platforms", "/admin/adapters", "/metrics"] {
            #expect(try await fixture.client().get(path, fixture.bearer).status == 404)
        }
        for path in ["/admin/status", "/v1/deliveries", "/v1/platforms/shop/log/checkpoint"] {
            #expect(try await fixture.client(\.metrics).get(path).status == 404)
        }
        #expect(try await fixture.client(\.metrics).get("/metrics").text == "up 1\n")
    }

    @Test("a shop's message in quarantine is listed, read again and discarded, and never shown")
    func quarantine() async throws {
        let token = String(repeating: "t0", count: 20)
        let fixture = try await GatewayFixture(shops: [
            ShopInbox(
                platform: "shop",
                access: .dujiaoka(.init(token: SecretValue(token)) { _ in true }),
                merchant: "m-1",
                goods: [:],
                product: nil
            )
        ])
        let key = "1234500000000777"
        let hook = try await fixture.client().post(
            "/v1/platforms/shop/inbox/dujiaoka/\(token)",
            json: [
                "title": "t", "order_sn": "SN1", "email": "buyer@example.org",
                "actual_price": "50", "order_info": .string("10000000000000001----\(key)"),
                "good_id": 7, "gd_name": "g",
            ]
        )
        #expect(hook.status == 200, "\(hook.text)")

        let admin = fixture.client(\.admin)
        let list = try await admin.get("/admin/quarantine?platform=shop&limit=10")
        let rows = list.json["quarantined"]?.arrayValue ?? []
        #expect(rows.count == 1 && rows.first?["shop"]?.stringValue == "dujiaoka")
        #expect(!list.text.contains(key) && !list.text.contains(token))
        let number = try #require(rows.first?["number"]?.integerValue)

        let again = try await admin.call(.post, "/admin/quarantine/\(number)/read-again")
        #expect(again.status == 200 && again.json["status"]?.stringValue == "quarantined")
        #expect(again.json["reason"] == rows.first?["reason"])

        let gone = try await admin.call(.delete, "/admin/quarantine/\(number)")
        #expect(gone.status == 200 && gone.json["status"]?.stringValue == "discarded")
        #expect(try await admin.call(.delete, "/admin/quarantine/\(number)").status == 404)
        let none = try await admin.call(.post, "/admin/quarantine/\(number)/read-again")
        #expect(none.status == 404)
        #expect(try await admin.get("/admin/quarantine").json["quarantined"] == [])
    }

    @Test(
        "a list of the quarantine that cannot be is refused",
        arguments: [
            ("?cursor=x", 422), ("?limit=0", 422), ("?platform=nobody", 422), ("?x=1", 422),
        ]
    )
    func quarantineQuery(query: String, status: Int) async throws {
        let admin = try await GatewayFixture().client(\.admin)
        let answer = try await admin.get("/admin/quarantine" + query)
        #expect(answer.status == status, "\(answer.text)")
    }
}
