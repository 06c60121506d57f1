import AdapterKit
import CardModel
import Foundation
import Testing
import WireFormat

/// One aggregator in Python, the adapter that speaks to it, and an address it can report to.
struct AggregatorWorld {
    let server: PythonIssuer
    let listener: CallbackListener
    let adapter: any CallbackReadingAdapter
    private let secrets: [String: String]

    static let placedAt = Instant(secondsSinceEpoch: 1_795_161_600)  // 2026-11-20T08:00:00Z
    static let card = (serial: "10111281010000123", key: "204911730086254971")

    /// - Parameters:
    ///   - server: the script under Tests/BlackBox/issuers and its configuration.
    ///   - paths: the settings that are addresses, with their paths at the server.
    init(
        _ id: String,
        server script: String,
        configuration: [String: Any],
        settings: [String: String],
        secrets: [String: String],
        paths: [String: String]
    ) throws {
        server = try Self.start(script, configuration)
        listener = try CallbackListener()
        self.secrets = secrets
        let address = server.address
        let made = try ShippedAdapters.factory(id).adapter(
            configuredBy: AdapterConfiguration(
                id: id,
                settings: settings.merging(paths.mapValues { address + $0 }) { $1 },
                secrets: secrets.mapValues { SecretValue($0) }
            )
        )
        adapter = try #require(made as? any CallbackReadingAdapter)
    }

    static func start(_ script: String, _ configuration: [String: Any]) throws -> PythonIssuer {
        let json = try JSONSerialization.data(withJSONObject: configuration)
        let file = try PythonIssuer.file(String(decoding: json, as: UTF8.self))
        defer { try? FileManager.default.removeItem(atPath: file) }
        return try PythonIssuer(script, ["0", file])
    }

    /// A card as the servers' configurations have it.
    static func script(_ key: String = card.key, _ more: [String: Any] = [:]) -> [String: Any] {
        more.merging(["key": key]) { $1 }
    }

    /// Cards with one script each, their serials counted up from `card`'s.
    static func cards(_ scripts: [[String: Any]]) -> [String: Any] {
        Dictionary(
            uniqueKeysWithValues: scripts.enumerated().map { index, more in
                (serial(index), script(card.key, more))
            }
        )
    }

    static func serial(_ index: Int) -> String { "101112810100\(10_000 + index)" }

    func order(
        _ index: Int = 0,
        number: UInt64? = nil,
        faceValue: Int64? = 5000,
        key: String = card.key,
        format: CardFormat? = .builtIn("cmcc"),
        callbackURL: String?? = nil
    ) throws -> RedemptionOrder {
        RedemptionOrder(
            inquiry: Inquiry(
                code: CardCode(serial: SerialNumber(Self.serial(index)), key: CardKey(key)),
                product: "test",
                faceValue: faceValue.flatMap { Money(minorUnits: $0, currency: "CNY") },
                askedAt: Self.placedAt + .seconds(1),
                format: try #require(format)
            ),
            number: number ?? UInt64(700_000 + index),
            placedAt: Self.placedAt,
            callbackURL: callbackURL ?? listener.address
        )
    }

    func redeem(_ order: RedemptionOrder) async throws -> RedemptionAnswer {
        let answer = try await adapter.redeem(order, using: LoopbackTransport())
        expectNoLeak(answer, order)
        return answer
    }

    func query(_ order: RedemptionOrder) async throws -> RedemptionAnswer {
        let querying = try #require(adapter as? any OrderQueryingAdapter)
        let answer = try await querying.query(order, using: LoopbackTransport())
        expectNoLeak(answer, order)
        return answer
    }

    /// What the next callback says about `order`; its sender gets the acknowledgement.
    func callback(about order: RedemptionOrder) throws -> CallbackReading {
        var reading: CallbackReading?
        _ = try listener.next(receivedAt: Self.placedAt + .seconds(60)) { callback in
            #expect(adapter.orderNumber(in: callback) == order.number)
            let read = try adapter.read(callback, about: order)
            reading = read
            return read.acknowledgement.body
        }
        let result = try #require(reading)
        expectNoLeak(result.answer, order)
        return result
    }

    /// Why the next callback about `order` is not believed. It is sent again and again; the sender
    /// gives up when nobody listens any more.
    func refusal(about order: RedemptionOrder) throws -> CallbackRefusal.Reason? {
        var reason: CallbackRefusal.Reason?
        _ = try listener.next(receivedAt: Self.placedAt + .seconds(60)) { callback in
            do throws(CallbackRefusal) {
                _ = try adapter.read(callback, about: order)
            } catch {
                reason = error.reason
                expectNoLeak("\(error)", order)
            }
            return nil
        }
        return reason
    }

    /// What arrived at the server.
    func state() async throws -> JSONValue {
        let response = try await LoopbackTransport().send(
            OutboundRequest(
                method: "GET",
                url: SecretURL(server.address + "/control/state"),
                timeout: .seconds(10),
                responseBytesLimit: 1 << 20
            )
        )
        return try JSONValue.parse(response.body)
    }

    /// Waits until the server has seen so many acknowledgements.
    func acknowledged(_ count: Int) async throws -> [String] {
        for _ in 0..<200 {
            let names = try await state()["acknowledged"]?.arrayValue?.compactMap(\.stringValue)
            if let names, names.count >= count { return names }
            try await Task.sleep(for: .milliseconds(20))
        }
        return []
    }

    /// Names under which these gateways and we sign.
    private static let signatures = ["hmac=", "md5String=", "signString=", "verifystring="]

    func expectNoLeak(_ answer: RedemptionAnswer, _ order: RedemptionOrder) {
        var shown = answer.result
        shown.transcripts = []
        expectNoLeak("\(shown)", order)
        for transcript in answer.result.transcripts {
            expectNoLeak(String(decoding: transcript.requestBytes, as: UTF8.self), order)
            expectNoLeak(String(decoding: transcript.responseBytes, as: UTF8.self), order)
        }
    }

    private func expectNoLeak(_ text: String, _ order: RedemptionOrder) {
        let code = order.inquiry.code
        let card = [code.serial?.text ?? "", code.key.withUnredacted { $0 }]
        for name in Self.signatures {
            let values = text.split(separator: name, omittingEmptySubsequences: false).dropFirst()
            #expect(
                values.allSatisfy {
                    $0.isEmpty || $0.first?.isLetter == false && $0.first?.isNumber == false
                },
                "\(name)"
            )
        }
        for secret in card + secrets.values where secret.utf8.count >= 8 {
            #expect(!text.contains(secret))
            #expect(!text.contains(secret.suffix(10)))
        }
    }
}
