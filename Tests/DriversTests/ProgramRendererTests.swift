import Foundation
import Gateway
import StatementKit
import Testing
import WireFormat

@testable import Drivers

@Suite("The renderer") struct ProgramRendererTests {
    static func document() throws -> StatementDocument {
        try StatementDocument(
            title: "卡密核验说明",
            languageTag: "zh-CN",
            createdAt: Instant(secondsSinceEpoch: 1_795_161_600),
            footer: "SHA-256 …",
            blocks: [.paragraph("发行方返回：已使用。")]
        )
    }

    /// The reason for which a renderer of this shell script draws nothing.
    static func failure(
        of script: String,
        patience: Duration = .seconds(20),
        mostOutputBytes: Int = 1 << 20
    ) async throws -> RenderingError? {
        let folder = try TemporaryDirectory()
        defer { folder.remove() }
        let path = folder.path + "/renderer"
        try Data("#!/bin/sh\n\(script)\n".utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        let renderer = ProgramRenderer(
            path: path,
            patience: patience,
            mostOutputBytes: mostOutputBytes
        )
        do throws(RenderingError) {
            _ = try await renderer.qrSVG(of: "text")
            return nil
        } catch {
            return error
        }
    }

    @Test("the program beside this one is found, and draws")
    func installed() async throws {
        let renderer = try #require(ProgramRenderer.installed(configured: nil))
        let document = try Self.document()
        let pdf = try await renderer.pdf(of: document)
        #expect(pdf.starts(with: Array("%PDF-1.5\n".utf8)))
        #expect(try await renderer.pdf(of: [document]) == pdf)
        let svg = String(decoding: try await renderer.qrSVG(of: "sha256:x"), as: UTF8.self)
        #expect(svg.hasPrefix("<svg xmlns=") && svg.hasSuffix("</svg>\n"))
    }

    @Test("many drawings at once are all drawn, two at a time")
    func atOnce() async throws {
        let renderer = try #require(ProgramRenderer.installed(configured: nil))
        let alone = try await renderer.qrSVG(of: "text")
        try await withThrowingTaskGroup(of: [UInt8].self) { group in
            for _ in 0..<12 { group.addTask { try await renderer.qrSVG(of: "text") } }
            for try await drawn in group { #expect(drawn == alone) }
        }
    }

    @Test("the largest document is drawn in time, within the limits of the process")
    func largest() async throws {
        let renderer = try #require(ProgramRenderer.installed(configured: nil))
        let rows = (1...StatementDocument.mostRows).map { ["\($0)", "已使用（交付前）", "11 used"] }
        let document = try StatementDocument(
            title: "largest",
            languageTag: "zh-CN",
            createdAt: Instant(secondsSinceEpoch: 0),
            footer: "f",
            blocks: [.table(.init(columns: ["行", "结果", "原话"], rows: rows))]
        )
        #expect(try await renderer.pdf(of: document).count > 100_000)
    }

    @Test("a configured program that is not there is named")
    func notThere() async throws {
        let renderer = try #require(ProgramRenderer.installed(configured: "/nonexistent/render"))
        let error = await #expect(throws: RenderingError.self) {
            try await renderer.qrSVG(of: "x")
        }
        #expect(error?.reason == .notStarted)
        #expect(error?.message.contains("/nonexistent/render") == true)
    }

    @Test("what the program refuses is told in its own words")
    func refused() async throws {
        let renderer = try #require(ProgramRenderer.installed(configured: nil))
        let error = await #expect(throws: RenderingError.self) { try await renderer.qrSVG(of: "") }
        #expect(error?.reason == .refused)
        #expect(error?.message.hasPrefix("/text: 0 bytes") == true)
    }

    @Test(
        "a program that fails in any way costs this drawing, and says how",
        arguments: [
            ("exit 0", RenderingError.Reason.failed), ("exit 3", .failed),
            ("echo half; kill -9 $$", .failed),
            ("echo 'cardproof-render: no font' >&2; exit 69", .fontsMissing),
            ("exec cat /dev/zero", .tooLarge),
            ("exec <&-; echo ignored; exit 64", .refused),
        ]
    )
    func failing(script: String, reason: RenderingError.Reason) async throws {
        #expect(try await Self.failure(of: script)?.reason == reason, "\(script)")
    }

    @Test("a program that hangs is ended, and leaves neither a process nor a descriptor")
    func hanging() async throws {
        let (descriptors, threads) = (openDescriptorCount(), threadCount())
        for script in ["exec sleep 600", "exec >&- 2>&-; sleep 600", "sleep 600 & echo x"] {
            let started = ContinuousClock.now
            let error = try await Self.failure(of: script, patience: .milliseconds(300))
            #expect(error?.reason == .timedOut, "\(script)")
            #expect(started.duration(to: .now) < .seconds(10))
        }
        #expect(openDescriptorCount() <= descriptors)
        #expect(threadCount() <= threads + 2)
    }

    @Test("the program sees nothing of the gateway's environment")
    func environment() async throws {
        setEnvironment("CARDPROOF_MARKED_SECRET", "marked")
        let script = "env | sort | tr '\\n' ' ' | sed 's/^/cardproof-render: /' >&2; exit 64"
        let error = try #require(try await Self.failure(of: script))
        #expect(!error.message.contains("MARKED"))
        #expect(error.message.contains("LANG=C.UTF-8"))
    }
}
