import CardModel
import Crypto
import Drivers
import Foundation
import Gateway
import WireFormat

/// A self-test without a gateway: one of our own, on a store that is gone afterwards.
///
/// The codes come in as a dispense check, because nobody knows here when they were delivered.
struct EmbeddedSelfTest {
    private static let platform = "selftest"

    /// What was found.
    struct Outcome {
        let delivery: String
        let answer: JSONValue
        /// `.tlog-proof` by line.
        let proofs: [(line: String, proof: [UInt8])]
        /// The evidence bundle of the codes tested last; nil when none was wanted.
        var bundle: [UInt8]?
    }

    let configuration: GatewayConfiguration
    let product: Product
    let stopsAtFirstFailure: Bool
    let wantsBundle: Bool

    /// - Throws: ``CommandFailure`` with 64 for a product that nobody configured.
    init(
        configuration: GatewayConfiguration,
        product id: String,
        stopsAtFirstFailure: Bool,
        wantsBundle: Bool
    ) throws {
        guard let product = configuration.catalogue[id] else {
            let known = configuration.catalogue.all.map(\.id).joined(separator: ", ")
            throw CommandFailure.usage("there is no product `\(id)`; there are \(known)")
        }
        self.configuration = configuration
        self.product = product
        self.stopsAtFirstFailure = stopsAtFirstFailure
        self.wantsBundle = wantsBundle
    }

    /// Tells this run's folder and log from every other's.
    private static func suffix() -> String {
        Hexadecimal.encode(SystemRandomSource().bytes(16))
    }

    /// Asks about all codes, or one after the other until one is bad.
    func run(_ codes: [CardCode]) async throws -> Outcome {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("cardproof-selftest-\(Self.suffix())").path
        try ProtectedFile.makeFolder(folder)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let time = SystemTimeSource()
        let random = SystemRandomSource()
        let directory = PlatformDirectory(
            masterKey: SymmetricKey(size: .bits256),
            random: random,
            time: time
        )
        let store = try SQLiteStore(path: "\(folder)/store.db", signer: directory, time: time)
        let transport = try CurlTransport(configuration.outbound)
        let gateway = try await DeliveryGateway(
            DeliveryGateway.Parts(
                store: store,
                directory: directory,
                registry: configuration.registry,
                catalogue: configuration.catalogue,
                transport: transport,
                time: time,
                random: random,
                logger: .quiet
            )
        )
        let secret = WebhookKey.secret(random.bytes(32))
        let own = try await directory.add(
            name: Self.platform,
            origin: "selftest.invalid/\(Self.suffix())",
            eventsURL: nil,
            webhookKeys: [secret],
            apiToken: Base64.encodeURL(random.bytes(32)),
            to: store
        )
        let work = Task { try await gateway.run() }
        defer { work.cancel() }
        let signer = try WebhookSigner(secretText: secret.text)
        var outcome = try await ask(codes, gateway, own, signer, time: time, random: random)
        if wantsBundle, let delivery = DeliveryID(outcome.delivery) {
            outcome.bundle = try await gateway.bundle(
                BundleRequest(delivery: delivery, audience: .buyer),
                platform: own
            )
        }
        await transport.shutdown(grace: .zero)
        return outcome
    }

    private func ask(
        _ codes: [CardCode],
        _ gateway: DeliveryGateway,
        _ platform: Platform,
        _ signer: WebhookSigner,
        time: SystemTimeSource,
        random: SystemRandomSource
    ) async throws -> Outcome {
        let batches = stopsAtFirstFailure ? codes.map { [$0] } : [codes]
        var items: [JSONValue] = []
        var proofs: [(line: String, proof: [UInt8])] = []
        var delivery = ""
        for batch in batches {
            let body = notice(of: batch, firstLine: items.count + 1, random: random).serialized()
            let value = try await Self.send(body, to: gateway, signer, time: time, random: random)
            delivery = value["delivery"]?.stringValue ?? delivery
            let found = value["items"]?.arrayValue ?? []
            items += found.map { Self.explained($0) }
            for item in found {
                guard let line = item["line"]?.lexeme,
                    let proof = try await Self.proof(of: item, gateway, platform)
                else { continue }
                proofs.append((line, proof))
            }
            let isGood = found.allSatisfy { DeliveryText.state(of: $0)?.isGood ?? false }
            if stopsAtFirstFailure, !isGood { break }
        }
        let answer: JSONValue = [
            "delivery": .string(delivery), "items": .array(items), "proof": "own_log",
        ]
        return Outcome(delivery: delivery, answer: answer, proofs: proofs)
    }

    /// Delivers as a platform would, and waits for the verdicts.
    private static func send(
        _ body: [UInt8],
        to gateway: DeliveryGateway,
        _ signer: WebhookSigner,
        time: SystemTimeSource,
        random: SystemRandomSource
    ) async throws -> JSONValue {
        let id = "msg_" + Base64.encodeURL(random.bytes(18))
        let headers = Dictionary(
            uniqueKeysWithValues: signer.headers(id: id, at: time.now(), body: body)
        )
        let answer = await gateway.receive(
            platform: platform,
            headers: WebhookHeaders(
                id: id,
                timestamp: headers["webhook-timestamp"],
                signature: headers["webhook-signature"]
            ),
            body: body,
            wait: DeliveryGateway.longestWait
        )
        return try value(of: answer)
    }

    private func notice(
        of codes: [CardCode],
        firstLine: Int,
        random: SystemRandomSource
    ) -> JSONValue {
        let items = codes.enumerated().map { index, code -> JSONValue in
            var item = JSONObject([
                .init(name: "line", value: .integer(Int64(firstLine + index))),
                .init(name: "product", value: .string(product.id)),
                .init(name: "key", value: .string(code.key.withUnredacted { $0 })),
            ])
            item["serial"] = code.serial.map { .string($0.text) }
            return .object(item)
        }
        return [
            "stage": "dispense", "merchant": "unknown",
            "order": ["id": .string("selftest-" + Hexadecimal.encode(random.bytes(8)))],
            "items": .array(items),
        ]
    }

    private static func value(of answer: IntakeAnswer) throws -> JSONValue {
        switch answer {
        case .accepted(let bytes), .decided(let bytes): return try JSONValue.parse(bytes)
        case .refused(.fields(let errors)):
            let places = errors.map { "\($0.pointer): \($0.reason)" }.joined(separator: ", ")
            throw CommandFailure.usage("the code cannot be tested: \(places)")
        case .refused: throw CommandFailure.failed("the embedded gateway refused the code")
        }
    }

    /// The item with its sentence, as a gateway's self-test answers it.
    private static func explained(_ item: JSONValue) -> JSONValue {
        guard var object = item.objectValue else { return item }
        let state = DeliveryText.state(of: item) ?? .indeterminate
        object["message"] = .object(
            JSONObject(
                Language.allCases.map { language in
                    let separator = language == .en ? " " : ""
                    return JSONObject.Member(
                        name: language.rawValue,
                        value: .string(
                            state.meaning(in: language) + separator
                                + state.nextStep(in: language)
                        )
                    )
                }
            )
        )
        return .object(object)
    }

    private static func proof(
        of item: JSONValue,
        _ gateway: DeliveryGateway,
        _ platform: Platform
    ) async throws -> [UInt8]? {
        guard let index = item["evidence"]?["index"]?.integerValue, index >= 0 else { return nil }
        return try await gateway.log.proof(ofEntry: UInt64(index), platform: platform.number)
    }
}
