import AdapterKit
import CardModel
import Crypto
import Testing
import WireFormat

/// Callbacks whose signature stands elsewhere than in a field of a form, by a name of its own.
@Suite("Conformance of adapters that read callbacks")
struct CallbackConformanceTests {
    private func results(
        _ place: TownNotary.Place,
        isCareful: Bool = true,
        attacks: String = "callback: done, callback_signature: X-Seal"
    ) async throws -> [String: ConformanceResult.Outcome] {
        let factory = AdapterFactory(descriptor: TownNotary.description) { _, setup in
            TownNotary(place: place, isCareful: isCareful, setup: setup)
        }
        let results = await AdapterConformance.results(
            of: factory,
            try ConformanceFixtures(
                yaml: TownNotary.fixtures(place, attacks),
                file: "redemptions.yaml"
            ),
            cases: AdapterConformance.cases.filter { $0.scope == .callbacks }
        )
        return Dictionary(uniqueKeysWithValues: results.map { ($0.case.name, $0.outcome) })
    }

    @Test("a sound one breaks no rule", arguments: TownNotary.Place.allCases)
    func sound(place: TownNotary.Place) async throws {
        let results = try await results(place)
        for (name, outcome) in results { #expect(outcome == .passed, "\(name): \(outcome)") }
    }

    @Test("one that reads no signature is caught", arguments: TownNotary.Place.allCases)
    func careless(place: TownNotary.Place) async throws {
        let results = try await results(place, isCareful: false)
        #expect(
            results["callback-without-signature"]
                == .failed(["a callback without `X-Seal` is believed"])
        )
        guard case .failed(let messages)? = results["altered-callback"] else {
            Issue.record("an altered callback passes")
            return
        }
        #expect(messages.contains("a callback with another signature is believed"))
    }

    @Test("a signature of a name that nobody knows has to be named")
    func unnamed() async throws {
        let results = try await results(.header, attacks: "callback: done")
        #expect(
            results["callback-without-signature"]
                == .failed(["the callback has no field that is known to be a signature"])
        )
    }

    @Test("without a callback to start from, nothing was kept")
    func nothingToBend() async throws {
        let results = try await results(.header, attacks: "")
        #expect(results.count == 7)
        for (name, outcome) in results { #expect(outcome == .notApplicable, "\(name)") }
    }
}

/// An invented issuer that reports in JSON, sealed in a header or in a member.
struct TownNotary: CallbackReadingAdapter {
    enum Place: CaseIterable {
        case header
        case member
    }

    let place: Place
    let isCareful: Bool
    let setup: AdapterSetup

    static let description = AdapterDescriptor(
        id: "town-notary",
        version: 1,
        name: LocalisedText(zhCN: "市政公证", en: "Town notary"),
        kind: .swift,
        operations: [.redeem: .consumes],
        settlement: Settlement(byQuery: false, byCallback: true),
        settings: [SettingDeclaration(name: "secret", isSecret: true, isRequired: true)]
    )

    var descriptor: AdapterDescriptor { Self.description }

    func inquire(
        _ inquiry: Inquiry,
        using transport: any HTTPTransport
    ) async throws(AdapterError) -> InquiryResult {
        InquiryResult(state: .unsupported, certainty: .local)
    }

    func redeem(
        _ order: RedemptionOrder,
        using transport: any HTTPTransport
    ) async throws(AdapterError) -> RedemptionAnswer {
        RedemptionAnswer(.unknown, .indeterminate(.inProgress))
    }

    func orderNumber(in callback: IssuerCallback) -> UInt64? {
        guard case .integer(let number)? = report(callback)?["order"] else { return nil }
        return UInt64(exactly: number)
    }

    func read(
        _ callback: IssuerCallback,
        about order: RedemptionOrder
    ) throws(CallbackRefusal) -> CallbackReading {
        guard let report = report(callback), let number = orderNumber(in: callback),
            let result = report["result"]?.stringValue
        else { throw CallbackRefusal(.malformed, "a member is missing") }
        let seal =
            place == .member
            ? report["X-Seal"]?.stringValue : callback.headers.first { $0.name == "X-Seal" }?.value
        guard seal == Self.seal("\(number)\(result)") || !isCareful else {
            throw CallbackRefusal(.badSignature, "the seal is another one")
        }
        guard number == order.number else { throw CallbackRefusal(.otherOrder, "another order") }
        let state: VerdictState = result == "ok" ? .okActivatedByBuyer : .used
        return CallbackReading(
            answer: RedemptionAnswer(.settled, InquiryResult(state: state)),
            acknowledgement: .init(body: Array("thanks".utf8))
        )
    }

    private func report(_ callback: IssuerCallback) -> JSONValue? {
        try? JSONValue.parse(callback.body)
    }

    private static let secret = "mark-Notary-Secret-2281"

    private static func seal(_ text: String) -> String {
        let code = HMAC<SHA256>.authenticationCode(
            for: Array(text.utf8),
            using: SymmetricKey(data: Array(secret.utf8))
        )
        return Hexadecimal.encode(Array(code))
    }

    static func fixtures(_ place: Place, _ attacks: String) -> String {
        let seal = seal("4711ok")
        let member = place == .member ? #", "X-Seal": "\#(seal)""# : ""
        let headers = place == .header ? "headers: {X-Seal: \(seal)}, " : ""
        return """
            adapter: town-notary
            secrets: {secret: \(secret)}
            attacks: {\(attacks)}
            cases:
              - name: done
                operation: callback
                key: Zq7K-m4Xw-9TrB-2LcV-8HsD
                asked_at: 2026-11-20T08:00:00Z
                order: {number: 4711}
                callback: {method: POST, \(headers)body: '{"order": 4711, "result": "ok"\(member)}'}
                expect: {state: ok_activated_by_buyer, acknowledgement: thanks}
            """
    }
}
