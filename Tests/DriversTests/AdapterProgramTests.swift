import AdapterKit
import CardModel
import Foundation
import Glibc
import Logging
import Synchronization
import Testing
import WireFormat

@testable import Drivers

/// The example of `docs/adapters.md`, as it stands in the repository.
enum TownLibraryProgram {
    static let folder = URL(filePath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Examples/town-library").path

    static func text(_ name: String) throws -> String {
        try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
    }
}

@Suite("Programs of process adapters")
struct AdapterProgramTests {
    @Test("the example conforms, and has at most 60 lines")
    func example() async throws {
        let source = try TownLibraryProgram.text("town_library.py")
        #expect(source.split(separator: "\n", omittingEmptySubsequences: false).count <= 60)
        let world = ProgramWorld()
        let factory = try AdapterFactory(
            program: AdapterManifest(
                yaml: TownLibraryProgram.text("town-library.yaml"),
                file: "town-library.yaml"
            ),
            folder: TownLibraryProgram.folder,
            origin: .manifest(file: "town-library.yaml"),
            transport: world.programs
        )
        let fixtures = try ConformanceFixtures(
            yaml: TownLibraryProgram.text("fixtures/answers.yaml"),
            file: "fixtures/answers.yaml"
        )
        let findings = await AdapterConformance.run(factory, fixtures)
        #expect(findings == [])
        await world.programs.shutdown()
    }

    @Test("a program that is killed costs one question, and is started again")
    func killed() async throws {
        try await ProgramWorld.with(Scripts.polite) { world, adapter in
            #expect(try await world.ask(adapter).state == .okUnused)
            let id = try #require(world.children.first)
            async let answer = world.cause(adapter, key: "hang")
            try await world.until { world.said("will sleep") }
            kill(id, SIGKILL)
            #expect(await answer == .adapterFailed)
            #expect(try await world.ask(adapter).state == .okUnused)
            #expect(!world.children.contains(id))
        }
    }

    @Test("a program that is stopped is killed at its deadline, and started again")
    func stopped() async throws {
        try await ProgramWorld.with(Scripts.polite, timeout: .seconds(4)) { world, adapter in
            #expect(try await world.ask(adapter).state == .okUnused)
            let id = try #require(world.children.first)
            kill(id, SIGSTOP)
            #expect(await world.cause(adapter) == .adapterFailed)
            #expect(try await world.ask(adapter).state == .okUnused)
            #expect(!world.children.contains(id))
        }
    }

    @Test(
        "what is no answer decides nothing, and costs the next question nothing",
        arguments: [
            "rubbish", "wrongid", "noresult", "both", "oversized", "crash", "close", "twice",
            "null", "unknownstate", "platformstate", "nocause", "unasked", "unknownmember",
            "elsewhere", "toooften",
        ]
    )
    func misbehaviour(kind: String) async throws {
        try await ProgramWorld.with(Scripts.rude) { world, adapter in
            #expect(await world.cause(adapter, key: kind) == .adapterFailed, "\(kind)")
            let next = try await world.ask(adapter)
            #expect(next.state == .okUnused, "\(kind)")
        }
    }

    @Test("whatever bytes a program writes, nothing is decided and the next question is answered")
    func rubbish() async throws {
        try await ProgramWorld.with(Scripts.rubbish) { world, adapter in
            for seed in 0..<12 {
                #expect(await world.cause(adapter, key: "seed\(seed)") == .adapterFailed)
                let next = try await world.ask(adapter)
                #expect(next.state == .okUnused, "seed \(seed)")
            }
        }
    }

    @Test("a program that never returns the greeting is not asked", arguments: Scripts.impolite)
    func greetings(script: String) async throws {
        try await ProgramWorld.with(script, timeout: .seconds(1)) { world, adapter in
            #expect(await world.cause(adapter) == .adapterFailed)
        }
    }

    @Test("a command that does not exist says so")
    func missing() async throws {
        try await ProgramWorld.with("", command: ["no-such-program-here"]) { world, adapter in
            #expect(await world.cause(adapter) == .adapterFailed)
            #expect(world.logged.contains { $0.contains("no-such-program-here") })
        }
    }

    @Test("limits of memory, files and processor time hold, and nothing of the environment is seen")
    func limits() async throws {
        setEnvironment("CARDPROOF_TEST_MARK", "mark-environment")
        try await ProgramWorld.with(Scripts.limits) { world, adapter in
            let text = try await world.ask(adapter).issuer.text ?? ""
            #expect(text.contains("as=\(128 << 20) cpu=77 nofile=32 core=0"))
            #expect(text.contains("inherited=[]"))
            #expect(text.contains("leader=True"))
            #expect(text.contains("fds=[0, 1, 2]"))
        }
    }

    @Test("a program that takes more memory than it may ends, and the gateway goes on")
    func memory() async throws {
        try await ProgramWorld.with(Scripts.greedy) { world, adapter in
            #expect(await world.cause(adapter, key: "much") == .adapterFailed)
            try await world.until { world.said("MemoryError") }
            #expect(try await world.ask(adapter).state == .okUnused)
        }
    }

    @Test("at shutdown the program and all it started are gone, and nothing is left to be reaped")
    func shutdown() async throws {
        let world = ProgramWorld()
        let adapter = try world.adapter(Scripts.parent)
        let text = try await world.ask(adapter).issuer.text ?? ""
        let grandchild = try #require(pid_t(text))
        let child = try #require(world.children.first)
        await world.programs.shutdown()
        #expect(kill(child, 0) == -1 && errno == ESRCH)
        try await world.until { Self.isGone(grandchild) }
        #expect(await world.cause(adapter) == .adapterFailed)
    }

    @Test("what a program logs is without keys and credentials, and bounded")
    func errorOutput() async throws {
        try await ProgramWorld.with(Scripts.talkative) { world, adapter in
            _ = try await world.ask(adapter, key: "Zq7K-m4Xw-9TrB-2LcV")
            try await world.until { world.said("more lines, not logged") }
            #expect(world.logged.contains { $0.contains("[redacted]") })
            #expect(!world.logged.contains { $0.contains("Zq7K") || $0.contains("mark-secret") })
            #expect(world.logged.count < 100)
            #expect(!world.logged.contains { $0.count > 5_000 })
        }
    }

    @Test("questions to a program that takes several at a time do not wait for one another")
    func concurrency() async throws {
        try await ProgramWorld.with(Scripts.parallel, concurrency: 4) { world, adapter in
            // Each answer needs the next question: one at a time nobody would ever be answered.
            let states = await withTaskGroup(of: VerdictState?.self) { group in
                for index in 0..<4 {
                    group.addTask { try? await world.ask(adapter, key: "key-\(index)").state }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(states == Array(repeating: .okUnused, count: 4))
        }
    }

    @Test("a sick program does not slow a healthy one")
    func isolation() async throws {
        let world = ProgramWorld()
        let sick = try world.adapter(Scripts.polite, timeout: .seconds(2))
        let healthy = try world.adapter(Scripts.polite)
        async let lost = world.cause(sick, key: "hang")
        for _ in 0..<50 { #expect(try await world.ask(healthy).state == .okUnused) }
        #expect(await lost == .adapterFailed)
        await world.programs.shutdown()
    }

    private static func isGone(_ id: pid_t) -> Bool {
        guard let status = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8)
        else { return true }
        // Reparented: its new parent reaps it; until then it is a zombie.
        return status.contains(") Z ")
    }
}

@Suite("Pauses between the starts of a program")
struct RestartPauseTests {
    @Test("they grow, end growing, and are shortened by at most a half")
    func growth() {
        let full = (0..<20).map { RestartPause.duration(after: $0, jitter: 0) }
        #expect(full[0] == .zero && full[1] == RestartPause.first)
        #expect(zip(full, full.dropFirst()).allSatisfy { $0 <= $1 })
        #expect(full.last == RestartPause.longest)
        for (count, pause) in full.enumerated() {
            #expect(RestartPause.duration(after: count, jitter: 1) == pause / 2)
        }
    }
}

@Suite("Lines")
struct LineReaderTests {
    @Test("are the same wherever the stream is cut, and bounded")
    func cuts() {
        var generator = SplitMix(state: 20_261_120)
        let alphabet = Array("ab\n\r".utf8)
        for _ in 0..<200 {
            let bytes = (0..<200).map { _ in alphabet[Int.random(in: 0..<4, using: &generator)] }
            var whole = LineReader(longestBytes: 5)
            let expected = whole.take(bytes)
            var cut = LineReader(longestBytes: 5)
            var pieces: [LineReader.Piece] = []
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = Int.random(in: 1...rest.count, using: &generator)
                pieces += cut.take(rest.prefix(count))
                rest = rest.dropFirst(count)
            }
            #expect(pieces == expected)
            for case .line(let line) in pieces { #expect(line.count <= 5) }
        }
    }
}
