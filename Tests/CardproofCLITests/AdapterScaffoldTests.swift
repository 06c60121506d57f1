import AdapterKit
import CardModel
import Drivers
import Foundation
import Testing
import WireFormat

@testable import CardproofCLI

@Suite("cardproof adapter new")
struct AdapterScaffoldTests {
    /// The repository.
    private static let root = URL(filePath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    @Test("what it writes conforms as it stands", arguments: [AdapterScaffold.Kind.yaml, .process])
    func conforms(kind: AdapterScaffold.Kind) async throws {
        let folder = try ScratchFolder()
        let scaffold = try AdapterScaffold(id: "acme-cards", kind: kind)
        let written = try scaffold.write(in: folder.path)
        #expect(written.count == scaffold.files.count)
        let programs = AdapterPrograms.ofThisMachine()
        let found = try AdapterFolder.at("\(folder.path)/acme-cards", programs: programs)
        let report = try await ConformanceReport.run(found, try found.readFixtures())
        await programs.shutdown()
        #expect(report.isGood, "\(report.text(in: .en, withReasons: false))")
        #expect(report.rows.count > 25)
        #expect(throws: CommandFailure.self) { _ = try scaffold.write(in: folder.path) }
    }

    @Test("an adapter that reads a word wrongly fails at its recorded answer, with what it said")
    func reportsFailures() async throws {
        let folder = try ScratchFolder()
        let scaffold = try AdapterScaffold(id: "acme", kind: .yaml)
        _ = try scaffold.write(in: folder.path)
        let manifest = "\(folder.path)/acme/acme.yaml"
        let text = try String(contentsOfFile: manifest, encoding: .utf8)
        try folder.write(
            "acme/acme.yaml", text.replacing("\"07\": used", with: "\"07\": ok_unused"))
        let programs = AdapterPrograms.ofThisMachine()
        let found = try AdapterFolder.at("\(folder.path)/acme", programs: programs)
        let report = try await ConformanceReport.run(found, try found.readFixtures())
        let failed = report.rows.filter { !$0.isGood }
        #expect(failed.map(\.name) == ["recorded-answer: spent"])
        let shown = report.text(in: .zhCN, withReasons: false)
        #expect(shown.contains("✗ recorded-answer: spent") && shown.contains("ok_unused"))
        #expect(shown.contains("录制的应答"))
    }

    @Test("Swift is written into a checkout with its two lines, and compiles")
    func swift() throws {
        let folder = try ScratchFolder()
        for file in ["Package.swift", "Adapters/AdapterCatalogue.swift"] {
            let text = try String(contentsOfFile: "\(Self.root)/\(file)", encoding: .utf8)
            try folder.write(file, text)
        }
        let scaffold = try AdapterScaffold(id: "acme-2-cards", kind: .swift)
        let checkout = try #require(CheckoutLines(adaptersDirectory: folder.path + "/Adapters"))
        _ = try scaffold.write(in: folder.path + "/Adapters")
        try checkout.add(scaffold)
        let package = try String(contentsOfFile: folder.path + "/Package.swift", encoding: .utf8)
        #expect(package.contains("    \"acme-2-cards\",\n"))
        let catalogue = try String(
            contentsOfFile: folder.path + "/Adapters/AdapterCatalogue.swift",
            encoding: .utf8
        )
        #expect(catalogue.contains("Acme2CardsAdapter(descriptor: $0, setup: $1)"))
        #expect(catalogue.contains("PackageResources.acme_2_cards_yaml"))
        #expect(CheckoutLines(adaptersDirectory: folder.path) == nil)
        let source = folder.path + "/Adapters/acme-2-cards/Acme2CardsAdapter.swift"
        #expect(try Self.typeCheck(source) == 0)
    }

    @Test(
        "a name that can be no id is refused",
        arguments: ["", "A", "a_b", "a--b", "-a", "a-", "../a", "7up", "a b"]
    )
    func names(name: String) {
        #expect(throws: CommandFailure.self) { _ = try AdapterScaffold(id: name, kind: .yaml) }
    }

    /// Has the compiler check the file as a part of `Adapters`, with the settings of Package.swift.
    private static func typeCheck(_ file: String) throws -> Int32 {
        let built = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
            .deletingLastPathComponent().path
        let features = [
            "ExistentialAny", "MemberImportVisibility", "InternalImportsByDefault",
            "NonisolatedNonsendingByDefault",
        ]
        let compiler = Process()
        compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        compiler.arguments =
            ["swiftc", "-typecheck", "-swift-version", "6", "-warnings-as-errors"]
            + features.flatMap { ["-enable-upcoming-feature", $0] }
            + ["-I", built + "/Modules"]
            + ["-I", root + "/.build/checkouts/Yams/Sources/CYaml/include", file]
        try compiler.run()
        compiler.waitUntilExit()
        return compiler.terminationStatus
    }
}

@Suite("Adapters of the operator's own")
struct OwnAdapterTests {
    @Test("are files and folders of the adapters directory; off and on as configured")
    func directory() throws {
        let folder = try ScratchFolder()
        _ = try AdapterScaffold(id: "acme", kind: .process).write(in: folder.path + "/own")
        _ = try AdapterScaffold(id: "flat", kind: .yaml).write(in: folder.path)
        let flat = try String(contentsOfFile: folder.path + "/flat/flat.yaml", encoding: .utf8)
        try folder.write("own/flat.yaml", flat)
        try folder.write("own/notes/readme.txt", "not an adapter")
        try folder.write("key", "synthetic")
        let configuration = try folder.loader(
            """
            adapters_directory: own
            adapters:
              acme: {secret_files: {api_key: key}}
              flat: {secret_files: {api_key: key}, enabled: false}
            """
        ).configuration()
        #expect(configuration.registry.adapter("acme")?.descriptor.kind == .process)
        let off = try #require(configuration.registry.describe("flat"))
        #expect(!off.isReady && off.off == .disabled)
        #expect(UntestedAdapters(configuration).ids == ["acme"])
        for language in [("就绪", "卡密"), ("ready", "code")].enumerated() {
            let listing = try #require(configuration.registry.describe("acme"))
            let text = AdapterDescriptionText(
                listing: listing,
                language: language.offset == 0 ? .zhCN : .en
            ).text
            #expect(text.contains(language.element.0) && text.contains(language.element.1))
        }
    }

    @Test("a product of an adapter that is switched off says so")
    func switchedOff() throws {
        let folder = try ScratchFolder()
        let loader = try folder.loader(
            """
            adapters: {offline: {enabled: false}}
            products: [{id: a, issuer: b, adapter: offline}]
            """
        )
        let failure = #expect(throws: CommandFailure.self) { _ = try loader.configuration() }
        #expect(failure?.message.contains("switched off") == true)
    }
}

@Suite("Recorded fixtures")
struct AdapterRecordingTests {
    private static let key = "AB12-cd34-EF56-7890"

    private func disguise(_ key: String = key) -> CodeDisguise {
        CodeDisguise(
            .init(serial: .init("SN-0042-7781"), key: .init(key)),
            scrubber: Scrubber(secrets: [SecretValue("password-4471-zz")])
        ) { Array(repeating: 7, count: $0) }
    }

    @Test("an answer that names another of the codes holds neither")
    func anotherCode() async throws {
        let other = "ZZ55-yy66-XX77-1234"
        let recording = AdapterRecording([disguise(), disguise(other)])
        var response = OutboundResponse(status: 200)
        response.headers = [(name: "x-last", value: other)]
        response.body = Array("code=\(Self.key)&last=\(other.lowercased())".utf8)
        let asked = Array("key=\(Self.key)".utf8)
        let now = Instant(secondsSinceEpoch: 1_795_161_600)
        guard case .kept("recorded-1") = await recording.keep(response, asked: asked, at: now)
        else {
            Issue.record("not kept")
            return
        }
        let kept = try #require(await recording.cases.first?.answers.first)
        let header = try #require(kept.headers.first?.value)
        let text = String(decoding: kept.body, as: UTF8.self)
        for part in ["zz55", "yy66", "xx77", "ab12", "cd34"] {
            #expect(!header.lowercased().contains(part) && !text.lowercased().contains(part))
        }
        #expect(header == "HH77-hh77-HH77-7777" && text.contains("hh77-hh77-hh77-7777"))
    }

    @Test("a code becomes another of the same shape, wherever and however it stands")
    func shapes() {
        let disguise = disguise()
        let made = disguise.code.key.withUnredacted { $0 }
        #expect(made == "HH77-hh77-HH77-7777")
        for text in [Self.key, Self.key.lowercased(), "AB12cd34EF567890", "x=\(Self.key)&y"] {
            #expect(disguise.isNamed(in: Array(text.utf8)))
            let applied = String(decoding: disguise.applied(to: Array(text.utf8)), as: UTF8.self)
            #expect(!applied.lowercased().contains("ab12"))
            #expect(applied.lowercased().contains("hh77"))
        }
        let hidden = disguise.applied(to: Array("p=password-4471-zz, 4142 SN-0042-7781".utf8))
        let shown = String(decoding: hidden, as: UTF8.self)
        #expect(!shown.contains("4471") && !shown.contains("7781"))
        #expect(!disguise.isNamed(in: Array("another code, ZZ99-zz99-ZZ99-9999".utf8)))
    }
}
