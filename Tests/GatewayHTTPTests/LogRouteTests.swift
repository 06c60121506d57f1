import EvidenceLog
import Gateway
import HTTPTypes
import Testing
import WireFormat

@testable import GatewayHTTP

@Suite("Public log") struct LogRouteTests {
    private let base = "/v1/platforms/shop"

    @Test("checkpoint, key, policy, tiles and proofs are public and fit together")
    func fits() async throws {
        let fixture = try await GatewayFixture()
        let client = fixture.client()
        for number in 1...3 {
            let body = fixture.notice(order: "o-\(number)", key: "10000000000000000\(number)")
                .serialized()
            _ = try await client.call(
                .post,
                DeliveryRouteTests.path,
                fixture.signed(body, id: "m\(number)"),
                body: body
            )
        }
        let note = try await client.get("\(base)/log/checkpoint")
        #expect(note.header("content-type") == "text/plain; charset=utf-8")
        let vkey = try await client.get("\(base)/log/vkey").text.dropLast()
        #expect(String(vkey) == fixture.platform.logVerifierKey.vkey)
        let policy = try await client.get("\(base)/log/policy")
        #expect(try LogPolicy(bytes: policy.body).logs.map(\.key.vkey) == [String(vkey)])
        let size = try SignedCheckpoint(bytes: note.body).checkpoint.size
        #expect(size == 3)
        let tile = try await client.get("\(base)/log/tile/0/000.p/\(size)")
        #expect(tile.status == 200 && tile.body.count == 32 * Int(size))
        #expect(tile.header("content-type") == "application/octet-stream")
        #expect(tile.header("cache-control")?.contains("immutable") == false)
        let lasting = try await client.get("\(base)/log/1/tile/0/000.p/\(size)")
        #expect(lasting.body == tile.body)
        #expect(lasting.header("cache-control")?.contains("immutable") == true)
        let entries = try await client.get("\(base)/log/tile/entries/000.p/\(size)")
        #expect(entries.status == 200 && !entries.body.isEmpty)
        let proof = try await client.get("\(base)/evidence/2/proof")
        #expect(try LogProof(bytes: proof.body).index == 2)
    }

    @Test(
        "past the end, and in every other spelling, there is nothing",
        arguments: [
            "log/tile/0/000", "log/tile/0/000.p/2", "log/tile/0/000.p/0", "log/tile/0/000.p/256",
            "log/tile/00/000", "log/tile/0/0", "log/tile/64/000", "log/tile/7/000", "log/tile/",
            "log/tile/entries/000", "log/tile/0/x999/x999/x999/x999/x999/x999/999",
            "log/tile/0/x9223/372", "log/tile/63/x281/x474/x976/x710/x655/999", "log/tile/../vkey",
            "evidence/1/proof", "evidence/1099511627775/proof",
            "evidence/1099511627776/proof", "log/tile/0/x004/x294/x967/295",
            "log/tile/entries/x004/x294/x967/296",
            "evidence/18446744073709551615/proof", "evidence/00/proof",
            "evidence/-1/proof", "evidence/+0/proof", "evidence/9223372036854775807/proof",
            "evidence/99999999999999999999999/proof", "evidence//proof", "log/other", "log",
        ]
    )
    func nothing(path: String) async throws {
        let fixture = try await GatewayFixture()
        let client = fixture.client()
        let body = fixture.notice(order: "o-1", key: "100000000000000001").serialized()
        _ = try await client.call(
            .post,
            DeliveryRouteTests.path,
            fixture.signed(body, id: "m1"),
            body: body
        )
        let answer = try await client.get("\(base)/\(path)")
        #expect(answer.status == 404 && answer.reason == "not_found", "\(answer.text)")
    }

    @Test("an unknown platform has no log")
    func unknownPlatform() async throws {
        let client = try await GatewayFixture().client()
        for path in [
            "log/checkpoint", "log/vkey", "log/policy", "evidence/0/proof", "log/tile/0/000",
        ] {
            #expect(try await client.get("/v1/platforms/nobody/\(path)").status == 404)
        }
    }

    @Test("no index that a path can spell is asked of the store beyond the end")
    func extent() {
        let extent = LogExtent(size: 70_000)
        #expect(extent.entry("69999") == 69_999 && extent.entry("70000") == nil)
        for path in ["tile/0/273.p/112", "tile/entries/000", "tile/1/001.p/17", "tile/2/000.p/1"] {
            #expect(extent.tile(path)?.path == path)
        }
        for path in [
            "tile/0/274", "tile/entries/x001/000", "tile/1/002", "tile/2/001", "tile/3/001",
            "tile/63/001", "tile/0/x036/x028/x797/x018/x963/967", "tile/x",
        ] {
            #expect(extent.tile(path) == nil, "\(path)")
        }
    }
}
