import AdapterKit
import CardModel
import Synchronization
import Testing
import WireFormat

@Suite("Adapters that are off, and adapters beside others")
struct ShadowTests {
    private let secrets = ["token": SecretValue(TownLibrary.token)]
    private let endpoint = ["endpoint": "https://library.example"]

    /// The invented issuer, whose table reads one code differently.
    private static let changed = TownLibrary.manifest
        .replacing("id: town-library", with: "id: changed")
        .replacing("\"0001\": ok_unused", with: "\"0001\": revoked")

    private func registry(
        manifest: String = changed,
        shadow: String = "changed",
        report: @escaping @Sendable (ShadowComparison) -> Void = { _ in }
    ) throws -> AdapterRegistry {
        try AdapterRegistry(
            catalogue: [TownLibrary.factory()],
            operatorManifests: [.init(file: "changed.yaml", yaml: manifest)],
            configuration: [
                AdapterConfiguration(
                    id: "town-library",
                    settings: endpoint,
                    secrets: secrets,
                    shadow: shadow
                ),
                AdapterConfiguration(id: "changed", settings: endpoint, secrets: secrets),
            ],
            shadowReport: report
        )
    }

    @Test("the acting one answers, both are asked, and the difference is told without the code")
    func compares() async throws {
        let (comparisons, continuation) = AsyncStream.makeStream(of: ShadowComparison.self)
        let adapter = try #require(
            registry { continuation.yield($0) }.adapter("town-library")
        )
        let issuer = ScriptedIssuer(answers: [TownLibrary.answer(TownLibrary.good)])
        let result = try await adapter.inquire(TownLibrary.inquiry(), using: issuer)
        #expect(result.state == .okUnused)
        var iterator = comparisons.makeAsyncIterator()
        let found = try #require(await iterator.next())
        #expect(found.acting == "town-library@3" && found.shadow == "changed@3")
        #expect(found.outcome == .different && found.differences == ["state"])
        #expect(found.said.state == .okUnused && found.wouldSay.state == .revoked)
        #expect(!"\(found)".contains(TownLibrary.key))
        #expect(await issuer.requests.count == 2)
    }

    @Test("a shadow that fails costs nothing, and is no difference of opinion")
    func failing() async throws {
        let (comparisons, continuation) = AsyncStream.makeStream(of: ShadowComparison.self)
        let adapter = try #require(
            registry { continuation.yield($0) }.adapter("town-library")
        )
        let good = TownLibrary.answer(TownLibrary.good)
        let issuer = ScriptedIssuer { (_, index) throws(TransportError) in
            guard index > 0 else { return good }
            throw TransportError(code: .timedOut, message: "scripted", requestWasSent: true)
        }
        let result = try await adapter.inquire(TownLibrary.inquiry(), using: issuer)
        #expect(result.state == .okUnused)
        var iterator = comparisons.makeAsyncIterator()
        #expect(await iterator.next()?.outcome == .incomparable)
    }

    @Test("questions beyond the shadow's own rate are not put to it")
    func pace() async throws {
        let (comparisons, continuation) = AsyncStream.makeStream(of: ShadowComparison.self)
        let slow = Self.changed.replacing(
            "limits: {",
            with: "limits: {requests_per_second: 0.1, "
        )
        let adapter = try #require(
            registry(manifest: slow) { continuation.yield($0) }.adapter("town-library")
        )
        let issuer = ScriptedIssuer(answers: [TownLibrary.answer(TownLibrary.good)])
        for _ in 0..<5 { _ = try await adapter.inquire(TownLibrary.inquiry(), using: issuer) }
        var iterator = comparisons.makeAsyncIterator()
        _ = await iterator.next()
        // All five were put at one instant: the second could be asked ten seconds later.
        #expect(await issuer.requests.count == 6)
    }

    @Test("what leaves a trace, or is shown to others, is not asked twice")
    func refusals() throws {
        let traces = Self.changed.replacing("effect: read_only", with: "effect: leaves_trace")
        let told = Self.changed + "\ndiscloses_to: {en: a broker, zh: 中间商}\n"
        for (manifest, words) in [(traces, "second trace"), (told, "third party")] {
            let error = #expect(throws: AdapterDiagnostics.self) {
                _ = try registry(manifest: manifest)
            }
            #expect(error?.description.contains(words) == true)
        }
        for shadow in ["nobody", "town-library"] {
            #expect(throws: AdapterDiagnostics.self) { _ = try registry(shadow: shadow) }
        }
    }

    @Test("what was never tried on the real issuer is off until it is configured")
    func untested() throws {
        let manifest = TownLibrary.manifest
            .replacing(
                "endpoint: {kind: url, required: true}",
                with: "endpoint: {kind: url, default: \"https://a.example\"}"
            )
            .replacing("token: {secret: true, required: true}", with: "token: {secret: true}")
        func registry(
            _ yaml: String,
            _ configuration: [AdapterConfiguration] = []
        ) throws -> AdapterRegistry {
            try AdapterRegistry(
                catalogue: [],
                operatorManifests: [.init(file: "a.yaml", yaml: yaml)],
                configuration: configuration
            )
        }
        #expect(try registry(manifest).readyIDs == ["town-library"])
        let untested = manifest + "\nnot_tested_live: true\n"
        let off = try registry(untested)
        #expect(off.readyIDs == [] && off.describe("town-library")?.off == .notTestedLive)
        let entry = AdapterConfiguration(id: "town-library")
        let on = try registry(untested, [entry])
        #expect(on.readyIDs == ["town-library"] && on.describe("town-library")?.off == nil)
        var disabled = entry
        disabled.isEnabled = false
        let silenced = try registry(manifest, [disabled])
        #expect(silenced.readyIDs == [] && silenced.describe("town-library")?.off == .disabled)
    }

    @Test("a manifest of kind `process` names a program, and no other kind does")
    func programs() throws {
        let head = """
            id: a
            version: 1
            name: {en: a, zh: a}
            operations: {inquire: {effect: read_only}}

            """
        let good = try AdapterManifest(
            yaml: head + "kind: process\ncommand: [python3, a.py]\nprocess: {memory_mib: 64}\n",
            file: "a.yaml"
        )
        #expect(good.program?.words == ["python3", "a.py"])
        #expect(good.program?.limits.memoryMebibytes == 64)
        for wrong in [
            "kind: process\n", "kind: process\ncommand: []\n", "kind: swift\ncommand: [a]\n",
            "kind: process\ncommand: [a]\nprocess: {memory_mib: 1}\n",
            "kind: process\ncommand: [a]\nrequest: {}\n",
        ] {
            #expect(throws: AdapterDiagnostics.self, "\(wrong)") {
                _ = try AdapterManifest(yaml: head + wrong, file: "a.yaml")
            }
        }
    }
}
