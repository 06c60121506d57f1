import EvidenceLog
import Foundation
import Testing

/// Programs that nobody here wrote judge what we export. Each suite runs where its tool is
/// installed: Debian's `golang-go` with `golang-golang-x-mod-dev`, and PyPI `pymerkle` 7.0.0 in the
/// Python that `CARDPROOF_TEST_PYTHON` names (else `python3`).
enum ForeignTools {
    static let folder = EvidenceVectors.testsFolder.appending(path: "Foreign")
    static let python =
        ProcessInfo.processInfo.environment["CARDPROOF_TEST_PYTHON"] ?? "/usr/bin/python3"

    /// `make test` installs all tools: there a missing one is a failure, and nothing to skip.
    static let areInstalled = ProcessInfo.processInfo.environment["CARDPROOF_TEST_PYTHON"] != nil

    static let hasGo =
        areInstalled
        || FileManager.default.fileExists(
            atPath: "/usr/share/gocode/src/golang.org/x/mod/sumdb/tlog/tlog.go"
        )
    static let hasPymerkle =
        areInstalled
        || (try? run(python, ["-c", "import pymerkle; assert pymerkle.__version__ == '7.0.0'"])
            .status)
            == 0

    /// `logverify`, built once a test run.
    static let logverify = Result {
        let target = FileManager.default.temporaryDirectory
            .appending(path: "cardproof-logverify-\(ProcessInfo.processInfo.processIdentifier)")
        let source = folder.appending(path: "logverify/main.go").path
        let built = try run("/usr/bin/go", ["build", "-o", target.path, source])
        try #require(built.status == 0, "\(built.output)")
        return target.path
    }

    static func run(
        _ program: String,
        _ arguments: [String],
        in folder: URL? = nil
    ) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(filePath: program)
        if let folder { process.currentDirectoryURL = folder }
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["GO111MODULE": "off", "GOPATH": "/usr/share/gocode"]
        ) { $1 }
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }

    /// Writes an exported log into a new folder and removes it afterwards.
    static func withExport(
        of files: [String: [UInt8]],
        _ body: (URL) throws -> Void
    ) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (path, bytes) in files {
            let file = folder.appending(path: path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data(bytes).write(to: file)
        }
        try body(folder)
    }
}

@Suite("Go's x/mod verifies what we export", .enabled(if: ForeignTools.hasGo))
struct GoVerifierTests {
    @Test(
        "whole logs, with a witness and an older checkpoint",
        arguments: [0, 1, 2, 256, 257, 700]
    )
    func wholeLog(size: Int) throws {
        let log = try TestLog(size: size)
        let old = try log.checkpoint(size: size / 2).serialized
        var files = try log.files()
        files["old"] = old
        try ForeignTools.withExport(of: files) { folder in
            let result = try ForeignTools.run(
                ForeignTools.logverify.get(),
                [
                    "-key", folder.appending(path: "vkey").path,
                    "-witness", log.witness.verifierKey.vkey,
                    "-old", folder.appending(path: "old").path, folder.path,
                ]
            )
            #expect(result.status == 0, "\(result.output)")
            #expect(result.output.hasPrefix("ok: \(size) entries"))
        }
    }

    @Test("three levels of tiles")
    func threeLevels() throws {
        let files = try SmallEntryLog.files(size: 65_536 + 300)
        try ForeignTools.withExport(of: files) { folder in
            let result = try ForeignTools.run(
                ForeignTools.logverify.get(),
                ["-key", folder.appending(path: "vkey").path, folder.path]
            )
            #expect(result.status == 0, "\(result.output)")
        }
    }

    @Test("single proofs; and it refuses and names what we refuse and name")
    func proofsAndDamage() throws {
        let log = try TestLog(size: 300)
        let key = log.signer.verifierKey.vkey
        var files = try log.files()
        for index in [0, 1, 127, 255, 256, 299] {
            files["\(index).tlog-proof"] = try log.proof(index: index).serialized
        }
        files["bad.tlog-proof"] = try log.proof(index: 7).serialized
        files["bad.tlog-proof"]?[40] ^= 1
        try ForeignTools.withExport(of: files) { folder in
            for path in files.keys.sorted() where path.hasSuffix("proof") {
                let result = try ForeignTools.run(
                    ForeignTools.logverify.get(),
                    ["-key", key, folder.appending(path: path).path]
                )
                #expect((result.status == 0) == !path.hasPrefix("bad"), "\(path): \(result.output)")
            }
        }
        for (path, name) in [
            ("tile/entries/000", "entry 1:"), ("tile/0/000", "entry"),
            ("tile/1/000.p/1", "tile/1/000"),
            ("checkpoint", "checkpoint"),
        ] {
            var bad = files
            bad[path]?[path == "tile/entries/000" ? 900 : 20] ^= 1
            try ForeignTools.withExport(of: bad) { folder in
                let result = try ForeignTools.run(
                    ForeignTools.logverify.get(),
                    ["-key", key, folder.path]
                )
                #expect(result.status == 1 && result.output.contains(name), "\(result.output)")
            }
        }
    }
}

@Suite("pymerkle has the same tree", .enabled(if: ForeignTools.hasPymerkle))
struct PymerkleTests {
    @Test("roots and inclusion paths are equal, hash by hash", arguments: [1, 2, 255, 256, 300])
    func tree(size: Int) throws {
        let log = try TestLog(size: size)
        var files = try log.files()
        let indexes = Set([0, size / 3, size / 2, size - 1]).sorted()
        for index in indexes {
            files["proofs/\(index).tlog-proof"] = try log.proof(index: index).serialized
        }
        try ForeignTools.withExport(of: files) { folder in
            let proofs = indexes.map { folder.appending(path: "proofs/\($0).tlog-proof").path }
            let script = ForeignTools.folder.appending(path: "pymerkle_check.py").path
            let result = try ForeignTools.run(
                ForeignTools.python,
                [script, folder.path] + proofs
            )
            #expect(result.status == 0, "\(result.output)")
            #expect(result.output.hasPrefix("ok: \(size) entries, \(indexes.count) proofs"))
        }
    }

    @Test("a changed entry gives it another root")
    func changedEntry() throws {
        var files = try TestLog(size: 20).files()
        files["tile/entries/000.p/20"]?[1000] ^= 1
        try ForeignTools.withExport(of: files) { folder in
            let script = ForeignTools.folder.appending(path: "pymerkle_check.py").path
            let result = try ForeignTools.run(ForeignTools.python, [script, folder.path])
            #expect(result.status == 1 && result.output.contains("checkpoint"))
        }
    }
}
