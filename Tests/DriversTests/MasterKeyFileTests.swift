import Crypto
import Drivers
import Foundation
import Gateway
import Glibc
import Testing
import WireFormat

@Suite("MasterKeyFile")
struct MasterKeyFileTests {
    private func withDirectory(_ body: (String) throws -> Void) throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        try body(directory.path)
    }

    private func write(_ text: String, to path: String, mode: mode_t = 0o600) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        #expect(chmod(path, mode) == 0)
    }

    private func readError(_ file: MasterKeyFile) -> MasterKeyError? {
        do throws(MasterKeyError) {
            _ = try file.read()
            return nil
        } catch {
            return error
        }
    }

    private let text = Base64.encode([UInt8](0..<32))

    @Test("a key that was made is read back, from a file only its owner can read")
    func roundTrip() throws {
        try withDirectory { directory in
            let file = MasterKeyFile(path: directory + "/master.key")
            try file.create(using: FixedRandomSource())
            let key = try file.read()
            #expect(key.withUnsafeBytes { Array($0) } == FixedRandomSource().bytes(32))
            var status = stat()
            #expect(stat(file.path, &status) == 0)
            #expect(status.st_mode & 0o7777 == 0o600)
            #expect(try String(contentsOfFile: file.path, encoding: .utf8).hasSuffix("=\n"))
        }
    }

    @Test("a key is never overwritten, whatever stands there")
    func neverOverwritten() throws {
        try withDirectory { directory in
            let path = directory + "/master.key"
            for text in ["", "not a key", self.text] {
                try write(text, to: path)
                #expect(throws: MasterKeyError.alreadyExists(path: path)) {
                    try MasterKeyFile(path: path).create(using: SystemRandomSource())
                }
                #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
            }
            let link = directory + "/link"
            #expect(symlink(directory + "/elsewhere", link) == 0)
            #expect(throws: MasterKeyError.alreadyExists(path: link)) {
                try MasterKeyFile(path: link).create(using: SystemRandomSource())
            }
            #expect(!FileManager.default.fileExists(atPath: directory + "/elsewhere"))
        }
    }

    @Test("of many who make the key at once, one succeeds, and its key stays")
    func race() async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let file = MasterKeyFile(path: directory.path + "/master.key")
        let successes = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<16 {
                group.addTask { (try? file.create(using: SystemRandomSource())) != nil }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(successes == 1)
        #expect(throws: Never.self) { try file.read() }
    }

    @Test("a missing key says how to make one")
    func missing() throws {
        try withDirectory { directory in
            let file = MasterKeyFile(path: directory + "/master.key")
            let error = readError(file)
            #expect(error == .missing(path: file.path, origin: .ownFile))
            #expect(error?.description.contains("cardproof keys init") == true)
            let credential = MasterKeyFile(credentialsDirectory: directory)
            #expect(readError(credential)?.description.contains("LoadCredential=") == true)
        }
    }

    @Test(
        "a file that others can read or write is refused",
        arguments: [0o640, 0o604, 0o644, 0o660, 0o606, 0o700, 0o620, 0o601]
    )
    func openToOthers(mode: Int) throws {
        try withDirectory { directory in
            let path = directory + "/master.key"
            try write(text, to: path, mode: mode_t(mode))
            let error = readError(MasterKeyFile(path: path))
            #expect(error == .readableByOthers(path: path, permissions: UInt32(mode)))
            #expect(error?.description.contains("chmod 600") == true)
        }
    }

    @Test("0600 and 0400 are taken; a systemd credential may show its ACL's mask as the group's")
    func permissions() throws {
        try withDirectory { directory in
            let path = directory + "/\(MasterKeyFile.credentialName)"
            for mode in [mode_t(0o600), 0o400] {
                try write(text, to: path, mode: mode)
                #expect(readError(MasterKeyFile(path: path)) == nil)
            }
            try write(text, to: path, mode: 0o440)
            #expect(readError(MasterKeyFile(path: path)) != nil)
            #expect(readError(MasterKeyFile(credentialsDirectory: directory)) == nil)
            try write(text, to: path, mode: 0o444)
            #expect(readError(MasterKeyFile(credentialsDirectory: directory)) != nil)
        }
    }

    @Test(
        "what is not one line of base64 with 32 octets is refused, and not shown",
        arguments: [
            "", "\n", "SGVsbG8=", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", "marked secret",
            "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gIQ==",
            "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n\n",
            "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8= ",
            "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9=",
            String(repeating: "A", count: 100_000),
        ]
    )
    func notAKey(content: String) throws {
        try withDirectory { directory in
            let path = directory + "/master.key"
            try write(content, to: path)
            let error = readError(MasterKeyFile(path: path))
            #expect(error == .notAKey(path: path))
            #expect(error?.description.contains("marked") == false)
        }
    }

    @Test("the line end may be missing")
    func noLineEnd() throws {
        try withDirectory { directory in
            let path = directory + "/master.key"
            try write(text, to: path)
            #expect(readError(MasterKeyFile(path: path)) == nil)
        }
    }

    @Test("a directory or a pipe is no key, and nobody waits for one")
    func notAFile() throws {
        try withDirectory { directory in
            #expect(readError(MasterKeyFile(path: directory)) == .notAFile(path: directory))
            let pipe = directory + "/pipe"
            #expect(mkfifo(pipe, 0o600) == 0)
            #expect(readError(MasterKeyFile(path: pipe)) == .notAFile(path: pipe))
        }
    }

    @Test("where nothing can be written, the reason is told and nothing is left behind")
    func cannotWrite() throws {
        try withDirectory { directory in
            let path = directory + "/none/master.key"
            #expect(
                throws: MasterKeyError.cannotWrite(path: path, reason: "no such directory")
            ) {
                try MasterKeyFile(path: path).create(using: SystemRandomSource())
            }
        }
    }

    @Test("a full disk leaves no half key")
    func fullDisk() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            defer { directory.remove() }
            // A write beyond the limit fails with EFBIG once its signal is ignored.
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: 10, rlim_max: 10)
            setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            let file = MasterKeyFile(path: directory.path + "/master.key")
            #expect(throws: MasterKeyError.self) { try file.create(using: SystemRandomSource()) }
            #expect(!FileManager.default.fileExists(atPath: file.path))
        }
    }
}

/// The same octets every time.
private struct FixedRandomSource: RandomSource {
    func bytes(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) } }
}
