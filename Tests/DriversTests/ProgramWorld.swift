import AdapterKit
import CardModel
import Foundation
import Glibc
import Logging
import Synchronization
import Testing
import WireFormat

@testable import Drivers

/// Programs in a folder of their own, with everything they log.
final class ProgramWorld: Sendable {
    let programs: AdapterPrograms
    private let lines: LogLines
    private let folder: String

    init() {
        let lines = LogLines()
        self.lines = lines
        programs = AdapterPrograms(
            path: ProcessInfo.processInfo.environment["PATH"],
            logger: { Logger(label: "test") { _ in lines } },
            jitter: { 0.5 }
        )
        folder = NSTemporaryDirectory() + "cardproof-\(UUID().uuidString)"
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    static func with(
        _ script: String,
        command: [String]? = nil,
        timeout: Duration = .seconds(20),
        concurrency: Int = 4,
        _ body: (ProgramWorld, any IssuerAdapter) async throws -> Void
    ) async throws {
        let world = ProgramWorld()
        let adapter = try world.adapter(
            script,
            command: command,
            timeout: timeout,
            concurrency: concurrency
        )
        do {
            try await body(world, adapter)
        } catch {
            await world.programs.shutdown()
            throw error
        }
        await world.programs.shutdown()
        #expect(world.children == [])
    }

    func adapter(
        _ script: String,
        command: [String]? = nil,
        timeout: Duration = .seconds(20),
        concurrency: Int = 4
    ) throws -> any IssuerAdapter {
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true
        )
        let name = "\(UUID().uuidString).py"
        try (Scripts.head + script).write(
            toFile: "\(folder)/\(name)",
            atomically: true,
            encoding: .utf8
        )
        let words = command ?? ["python3", name]
        let yaml = """
            id: test
            version: 3
            name: {en: test, zh: 测试}
            kind: process
            command: [\(words.joined(separator: ", "))]
            process: {memory_mib: 128, cpu_seconds: 77, open_files: 32}
            operations: {inquire: {effect: read_only}}
            settings:
              endpoint: {kind: url, default: "https://issuer.example"}
              password: {secret: true, required: true}
            """
        return try AdapterFactory(
            program: AdapterManifest(yaml: yaml, file: "test.yaml"),
            folder: folder,
            origin: .manifest(file: "test.yaml"),
            transport: programs
        ).adapter(
            configuredBy: AdapterConfiguration(
                id: "test",
                secrets: ["password": SecretValue("mark-secret-4471")],
                limits: LimitOverrides(concurrency: concurrency, timeout: timeout)
            )
        )
    }

    func ask(_ adapter: any IssuerAdapter, key: String = "good") async throws -> InquiryResult {
        let inquiry = Inquiry(
            code: CardCode(serial: nil, key: CardKey(key)),
            product: "test",
            askedAt: try #require(Instant(rfc3339: "2026-11-20T08:00:00Z")),
            format: .generic
        )
        let answer = OutboundResponse(
            status: 200,
            headers: [(name: "Content-Type", value: "application/json")],
            body: Array(#"{"code":"00"}"#.utf8)
        )
        return try await adapter.inquire(inquiry, using: ScriptedIssuer(answers: [answer]))
    }

    /// Why nothing was decided, whichever way the adapter said so; nil when something was.
    func cause(_ adapter: any IssuerAdapter, key: String = "good") async -> IndeterminateCause? {
        do {
            return try await ask(adapter, key: key).cause
        } catch {
            return (error as? AdapterError)?.cause
        }
    }

    /// Programs of this world that run.
    var children: [pid_t] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { pid_t($0) }.filter { id in
            let place = try? FileManager.default.destinationOfSymbolicLink(
                atPath: "/proc/\(id)/cwd")
            return place == (folder as NSString).resolvingSymlinksInPath
        }
    }

    var logged: [String] { lines.all }

    func said(_ text: String) -> Bool { logged.contains { $0.contains(text) } }

    /// Waits for what another process does.
    func until(_ condition: () -> Bool) async throws {
        for _ in 0..<1_000 where !condition() { try await Task.sleep(for: .milliseconds(10)) }
        try #require(condition())
    }
}

/// Keeps what is logged.
private final class LogLines: LogHandler, Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    func log(event: LogEvent) {
        let metadata = event.metadata.map { "\($0)" } ?? ""
        lines.withLock { $0.append("\(event.message) \(metadata)") }
    }

    subscript(metadataKey _: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }
    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    var logLevel: Logger.Level {
        get { .trace }
        set {}
    }
}

/// Numbers from a seed.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// Programs for tests, in Python.
enum Scripts {
    static let head = """
        import json, os, sys, time

        def say(message): print(json.dumps(message), flush=True)
        def hear():
            line = sys.stdin.readline()
            return json.loads(line) if line else sys.exit(0)
        def log(text): print(text, file=sys.stderr, flush=True)
        def http(number, **more):
            say({"id": number, "http": {"url": "https://issuer.example/check", **more}})
        def good(number, text=None):
            http(number)
            hear()
            say({"id": number, "result": {"state": "ok_unused", "issuer_text": text}})
        def greet(**more):
            hello = hear()
            say({"cardproof": 1, "adapter": "test", "version": 3, **more})
            return hello

        """

    static let polite = """
        greet()
        while True:
            message = hear()
            key = message.get("inquire", {}).get("key")
            if key == "hang":
                log("will sleep")
                time.sleep(1000)
            good(message["id"])
        """

    static let rude = """
        greet()
        while True:
            message = hear()
            if "inquire" not in message:
                continue
            number, key = message["id"], message["inquire"]["key"]
            def decide(**result):
                http(number)
                hear()
                say({"id": number, "result": result})
            if key == "rubbish": print("used", flush=True)
            elif key == "wrongid": say({"id": number + 7, "result": {"state": "used"}})
            elif key == "noresult": say({"id": number})
            elif key == "both": say({"id": number, "result": {"state": "used"}, "http": {}})
            elif key == "oversized": print("x" * (3 << 20), flush=True)
            elif key == "crash": os.abort()
            elif key == "close":
                os.close(1)
                time.sleep(1000)
            elif key == "twice":
                print('{"id": %d, "id": %d, "result": {}}' % (number, number), flush=True)
            elif key == "null": say(None)
            elif key == "unknownstate": decide(state="stolen")
            elif key == "platformstate": decide(state="oversold")
            elif key == "nocause": decide(state="indeterminate")
            elif key == "unasked": say({"id": number, "result": {"state": "used"}})
            elif key == "unknownmember": decide(state="used", sate="used")
            elif key == "elsewhere": http(number, url="https://elsewhere.example/")
            elif key == "toooften":
                for _ in range(12):
                    http(number)
                    if "error" in hear()["http"]: break
                say({"id": number, "result": {"state": "used"}})
            else: good(number)
            if key == "elsewhere":
                hear()
                say({"id": number, "result": {"state": "used"}})
        """

    static let rubbish = """
        import random
        greet()
        while True:
            message = hear()
            number, key = message["id"], message.get("inquire", {}).get("key", "")
            if not key.startswith("seed"):
                good(number)
                continue
            chance = random.Random(key)
            good_line = b'{"id": %d, "result": {"state": "used", "issuer_code": "07"}}' % number
            pieces = [bytes([chance.randrange(256)]), b"\\n", b"\\r\\n", b"{", b"}", b"[" * 40,
                      good_line[:chance.randrange(len(good_line))], b"null", b"\\xff\\xfe", b'"']
            out = b"".join(chance.choice(pieces) for _ in range(chance.randrange(1, 400)))
            os.write(1, out + b"}\\n")
            time.sleep(1000)
        """

    static let impolite = [
        "time.sleep(1000)",
        "hear(); say({'cardproof': 2, 'adapter': 'test', 'version': 3}); time.sleep(1000)",
        "hear(); say({'cardproof': 1, 'adapter': 'other', 'version': 3}); time.sleep(1000)",
        "hear(); say({'cardproof': 1, 'adapter': 'test', 'version': 4}); time.sleep(1000)",
        "hear(); say({'id': 1, 'result': {'state': 'used'}}); time.sleep(1000)",
        "sys.exit(0)",
        "raise SystemError('no')",
    ]

    static let limits = """
        import resource
        greet()
        number = hear()["id"]
        def soft(name): return resource.getrlimit(getattr(resource, "RLIMIT_" + name))[0]
        good(number, "as=%d cpu=%d nofile=%d core=%d inherited=%s leader=%s fds=%s" % (
            soft("AS"), soft("CPU"), soft("NOFILE"), soft("CORE"),
            [name for name in os.environ if name == "HOME" or name.startswith("CARDPROOF")],
            os.getpgid(0) == os.getpid(),
            sorted(fd for fd in map(int, os.listdir("/proc/self/fd")) if os.path.exists(
                "/proc/self/fd/%d" % fd))))
        hear()
        """

    static let greedy = """
        greet()
        while True:
            message = hear()
            if message["inquire"]["key"] == "much":
                bytearray(256 << 20)
            good(message["id"])
        """

    static let parent = """
        import subprocess
        greet()
        number = hear()["id"]
        child = subprocess.Popen(["sleep", "1000"])
        good(number, str(child.pid))
        time.sleep(1000)
        """

    static let talkative = """
        hello = greet()
        message = hear()
        log("the key is " + message["inquire"]["key"].lower().replace("-", ""))
        log("the password is " + hello["secrets"]["password"])
        log("y" * 100000)
        good(message["id"])
        for _ in range(5000):
            log("again")
        log("done")
        hear()
        """

    static let parallel = """
        greet(concurrency=16)
        numbers = []
        while len(numbers) < 4:
            numbers.append(hear()["id"])
        for number in numbers:
            http(number)
        for _ in numbers:
            say({"id": hear()["id"], "result": {"state": "ok_unused"}})
        hear()
        """
}
