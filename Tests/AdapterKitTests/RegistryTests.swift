import AdapterKit
import CardModel
import Testing

@Suite("The registry")
struct RegistryTests {
    private func diagnostics(
        manifests: [String] = [],
        _ configuration: [AdapterConfiguration]
    ) throws -> [AdapterDiagnostic] {
        do {
            _ = try AdapterRegistry(
                catalogue: [TownLibrary.factory()],
                operatorManifests: manifests.map { .init(file: "own.yaml", yaml: $0) },
                configuration: configuration
            )
            return []
        } catch let error as AdapterDiagnostics {
            return error.all
        }
    }

    private let secrets = ["token": SecretValue(TownLibrary.token)]
    private let endpoint = ["endpoint": "https://library.example"]

    @Test("answers for what is configured, under the configured names")
    func ready() throws {
        let registry = try AdapterRegistry(
            catalogue: [TownLibrary.factory()],
            configuration: [
                AdapterConfiguration(
                    id: "east",
                    adapter: "town-library",
                    settings: endpoint,
                    secrets: secrets
                ),
                AdapterConfiguration(
                    id: "west",
                    adapter: "town-library",
                    settings: endpoint,
                    secrets: secrets,
                    limits: LimitOverrides(concurrency: 1, timeout: .milliseconds(500))
                ),
            ]
        )
        #expect(registry.readyIDs == ["east", "west"])
        #expect(registry.adapter("east")?.descriptor.label == "town-library@3")
        #expect(registry.adapter("west")?.descriptor.limits.concurrency == 1)
        #expect(registry.adapter("west")?.descriptor.limits.timeout == .milliseconds(500))
        #expect(registry.adapter("town-library") == nil)
        let listed = try #require(registry.describe("town-library"))
        #expect(!listed.isReady && listed.missingSettings == ["endpoint", "token"])
    }

    @Test("reads manifests of the operator's own")
    func ownManifest() throws {
        let yaml = TownLibrary.manifest.replacing("id: town-library", with: "id: village")
        let registry = try AdapterRegistry(
            catalogue: [],
            operatorManifests: [.init(file: "village.yaml", yaml: yaml)],
            configuration: [
                AdapterConfiguration(id: "village", settings: endpoint, secrets: secrets)
            ]
        )
        #expect(registry.describe("village")?.origin == .manifest(file: "village.yaml"))
        #expect(registry.adapter("village") != nil)
    }

    @Test("gathers every error of every manifest and every setting")
    func allErrors() throws {
        let found = try diagnostics(
            manifests: ["id: [", TownLibrary.manifest],
            [
                AdapterConfiguration(
                    id: "town-library",
                    settings: ["endpont": "x", "token": "in clear", "shop": ""],
                    file: "c.yaml",
                    line: 12
                ),
                AdapterConfiguration(id: "town-libary"),
                AdapterConfiguration(
                    id: "b",
                    adapter: "town-library",
                    settings: ["endpoint": "ftp://x"],
                    secrets: secrets
                ),
            ]
        )
        let texts = found.map(\.description)
        func contains(_ parts: String...) -> Bool {
            texts.contains { text in parts.allSatisfy { text.contains($0) } }
        }
        #expect(contains("own.yaml:2", "not YAML"))
        #expect(contains("own.yaml", "exists already"))
        #expect(contains("c.yaml:12", "`endpoint` is missing"))
        #expect(contains("unknown setting `endpont`", "did you mean `endpoint`?"))
        #expect(contains("`token` is a secret", "under `secret_files`, as `token: FILE`"))
        #expect(contains("the secret `token` is missing", "under `secret_files`, as `token: FILE`"))
        #expect(contains("`shop` is empty"))
        #expect(contains("there is no adapter `town-libary`", "did you mean `town-library`?"))
        #expect(contains("adapter `b`", "must begin with https:// or http://"))
        #expect(!texts.joined().contains("in clear`"))
    }

    @Test(
        "an address is checked before anything is asked",
        arguments: [
            "library.example", "https://", "https://u:p@library.example", "https://a/?q=1",
            "https://a/#f", "https://a b/", "https://中文/", "https://a:99999/", "javascript:1",
        ]
    )
    func addresses(address: String) throws {
        let found = try diagnostics([
            AdapterConfiguration(
                id: "town-library",
                settings: ["endpoint": address],
                secrets: secrets
            )
        ])
        #expect(found.count == 1)
    }

    @Test(
        "addresses that are good",
        arguments: ["http://127.0.0.1:8080", "https://[::1]:8443/api", "https://a.example/x/y/"]
    )
    func goodAddresses(address: String) throws {
        let found = try diagnostics([
            AdapterConfiguration(
                id: "town-library",
                settings: ["endpoint": address],
                secrets: secrets
            )
        ])
        #expect(found == [])
    }

    @Test("a secret prints as dots in every way")
    func secretPrinting() {
        let secret = SecretValue("hunter2")
        var dumped = ""
        dump(["s": secret], to: &dumped)
        for text in ["\(secret)", String(reflecting: secret), dumped, "\([secret])"] {
            #expect(!text.contains("hunter2"))
        }
    }

    @Test(
        "orders are not settled by nobody, by the adapter itself, or by one that cannot be asked",
        arguments: [
            ("east", "names the adapter itself"), ("west", "which is not configured"),
            ("taker", "cannot be asked about a code"),
        ]
    )
    func settlers(settler: String, complaint: String) throws {
        let taker = AdapterDescriptor(
            id: "taker",
            version: 1,
            name: LocalisedText(zhCN: "只收卡", en: "only takes"),
            kind: .local,
            operations: [.redeem: .consumes]
        )
        struct Taker: RedeemingAdapter {
            let descriptor: AdapterDescriptor
            func redeem(
                _ order: RedemptionOrder,
                using transport: any HTTPTransport
            ) async throws(AdapterError) -> RedemptionAnswer {
                RedemptionAnswer(.accepted, .indeterminate(.inProgress))
            }
        }
        do {
            _ = try AdapterRegistry(
                catalogue: [
                    TownLibrary.factory(),
                    AdapterFactory(descriptor: taker) { _, _ in Taker(descriptor: taker) },
                ],
                configuration: [
                    AdapterConfiguration(
                        id: "east",
                        adapter: "town-library",
                        settings: endpoint,
                        secrets: secrets,
                        settledBy: settler
                    )
                ]
            )
            Issue.record("\(settler) was let pass")
        } catch let error as AdapterDiagnostics {
            #expect(error.all.map(\.message).contains { $0.contains(complaint) }, "\(error)")
        }
    }
}
