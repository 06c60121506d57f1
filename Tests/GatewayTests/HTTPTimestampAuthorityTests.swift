import AdapterKit
import EvidenceLog
import Gateway
import GatewayTesting
import Testing
import WireFormat

@testable import Drivers

/// What an authority may answer instead of a stamp. Real stamps: Tests/BlackBox, time stamps.
@Suite("An authority over HTTP that gives no stamp that counts")
struct HTTPTimestampAuthorityTests {
    /// Somebody's root, who stamps nothing here.
    private static let root = """
        -----BEGIN CERTIFICATE-----
        MIIBeTCCAR+gAwIBAgIUIvMHDBEuDto6bEnC5sC9FVtQwQYwCgYIKoZIzj0EAwIw
        ETEPMA0GA1UEAwwGTm9ib2R5MCAXDTI2MTEyODE1NTUwMloYDzIxMjYxMTA0MTU1
        NTAyWjARMQ8wDQYDVQQDDAZOb2JvZHkwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
        AATPutiZZiPh1qvO1w5Dxf7iLDTUdWvKUEH+GBAD4cO4+58vS1EtvEg/2xgVo5Aw
        d7dUkjuwgIfeQe2WKKrWmAvTo1MwUTAdBgNVHQ4EFgQUA1c4NvvnYfFFpWEBeS12
        gsptN6UwHwYDVR0jBBgwFoAUA1c4NvvnYfFFpWEBeS12gsptN6UwDwYDVR0TAQH/
        BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiEAyR7IMSczrAnCUdDUYDNIR7FuSp1d
        TTecQrGPf6Xdl1wCICJW64xAD8AN7/VKzUNH1T4I3ic/Ax9gKfGAZfrGysOq
        -----END CERTIFICATE-----
        """

    private static func authority(_ transport: ScriptedTransport) throws -> HTTPTimestampAuthority {
        HTTPTimestampAuthority(
            HTTPTimestampAuthority.Configuration(
                name: "tsa-1",
                url: SecretURL("http://tsa.example/stamp"),
                headers: [OutboundHeader(name: "x-account", value: "synthetic", isSecret: true)],
                policy: "1.2.3.4.1",
                trust: try TimeStampTrust(roots: root)
            ),
            transport: transport,
            time: ManualTime(GatewayWorld.start),
            random: SeededRandom(seed: 7)
        )
    }

    private static let reply = [("Content-Type", "application/timestamp-reply")]

    @Test("each way to fail has its cause")
    func causes() async throws {
        // A rejection for the policy: status 2, and bit 15 of the failures.
        let rejection: [UInt8] = [0x30, 0x09, 0x30, 0x07, 2, 1, 2, 3, 2, 0, 1]
        let answers: [(OutboundResponse, StampingFailure.Cause)] = [
            (OutboundResponse(status: 503), .unavailable),
            (OutboundResponse(status: 429), .unavailable),
            (OutboundResponse(status: 302), .unavailable),
            (OutboundResponse(status: 403), .refused),
            (OutboundResponse(status: 200, body: rejection), .unverified),
            (OutboundResponse(status: 200, headers: Self.reply, body: [1, 2, 3]), .unverified),
            (OutboundResponse(status: 200, headers: Self.reply), .unverified),
            (OutboundResponse(status: 200, headers: Self.reply, body: rejection), .refused),
        ]
        for (answer, cause) in answers {
            let transport = ScriptedTransport { (_, _) throws(TransportError) in answer }
            let error = await #expect(throws: StampingFailure.self) {
                try await Self.authority(transport).stamp([1])
            }
            #expect(error?.cause == cause, "\(answer.status)")
        }
        let broken = ScriptedTransport { (_, _) throws(TransportError) in
            throw TransportError(code: .refusedAddress, message: "x", requestWasSent: false)
        }
        let error = await #expect(throws: StampingFailure.self) {
            try await Self.authority(broken).stamp([1])
        }
        #expect(error == StampingFailure(.unavailable, "refused_address"))
    }

    @Test("the question holds the hash and the account, and nothing else of ours")
    func question() async throws {
        let transport = ScriptedTransport(status: 503)
        let bytes = Array("log.example/market".utf8)
        _ = try? await Self.authority(transport).stamp(bytes)
        let request = try #require(transport.requests.first)
        #expect(request.method == "POST")
        #expect(request.headers.contains { $0.name == "x-account" && $0.isSecret })
        #expect(request.headers.contains { $0.value == "application/timestamp-query" })
        #expect(request.body.firstRange(of: ImprintAlgorithm.sha256.digest(of: bytes)) != nil)
        #expect(request.body.firstRange(of: bytes) == nil)
        #expect(request.responseBytesLimit == TimeStampToken.largestByteCount)
    }

    @Test("a revocation list is kept for an hour, and used on when its server is down")
    func lists() async throws {
        let time = ManualTime(GatewayWorld.start)
        let transport = ScriptedTransport { (_, _) throws(TransportError) in
            OutboundResponse(status: 200, body: [0x30, 0x00])
        }
        let source = RevocationListSource(transport: transport, time: time)
        func found() async -> [UInt8]? {
            guard case .found(let der) = await source.list(at: ["http://ca.example/list"]) else {
                return nil
            }
            return der
        }
        for _ in 0..<3 { #expect(await found() == [0x30, 0x00]) }
        #expect(transport.requests.count == 1)
        time.advance(by: .seconds(3_600))
        let text = PEMText.text(PEMText.revocationList, [[0x30, 0x01, 0x05]])
        transport.follow { (_, _) throws(TransportError) in
            OutboundResponse(status: 200, body: Array(text.utf8))
        }
        #expect(await found() == [0x30, 0x01, 0x05])
        time.advance(by: .seconds(3_600))
        transport.follow { (_, _) throws(TransportError) in OutboundResponse(status: 404) }
        #expect(await found() == [0x30, 0x01, 0x05])
        #expect(transport.requests.count == 3)
        guard case .missing(let reason) = await source.list(at: ["http://ca.example/other"]) else {
            Issue.record("a list came from nowhere")
            return
        }
        #expect(reason.contains("404"))
    }
}
