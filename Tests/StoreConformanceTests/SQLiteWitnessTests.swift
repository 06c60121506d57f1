import Drivers
import EvidenceLog
import Foundation
import Gateway
import GatewayTesting
import Logging
import Testing
import WireFormat

@Suite("A witness's memory")
struct SQLiteWitnessTests {
    private static let origin = "log.example/market"
    private let folder: TemporaryFolder
    private let log: NoteSigner
    private let signer: CosignatureSigner

    init() throws {
        folder = try TemporaryFolder()
        log = try NoteSigner(name: Self.origin, seed: [UInt8](repeating: 1, count: 32))
        signer = try CosignatureSigner(name: "w.example", seed: [UInt8](repeating: 2, count: 32))
    }

    private func witness(_ store: any WitnessStore) throws -> Witness {
        Witness(
            signer: signer,
            logs: try WitnessLogs(LogPolicy(logs: [log.verifierKey])),
            store: store,
            time: ManualTime(StoreBench.start),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    private func store() throws -> SQLiteWitnessStore {
        if !FileManager.default.fileExists(atPath: folder.file) {
            try SQLiteWitnessStore.create(path: folder.file, key: signer.verifierKey)
        }
        return try SQLiteWitnessStore(path: folder.file, key: signer.verifierKey)
    }

    /// A first checkpoint of one leaf; different leaves are different logs.
    private func request(_ leaf: UInt8) throws -> [UInt8] {
        let root = TreeHash.leaf(of: [leaf])
        let checkpoint = try Checkpoint(origin: Self.origin, size: 1, root: root)
        return try AddCheckpointRequest(
            oldSize: 0,
            proof: [],
            checkpoint: SignedCheckpoint(checkpoint, signedBy: log)
        ).serialized
    }

    @Test("of a hundred forks shown at the same time one is cosigned, in memory and in SQLite")
    func checkAndSet() async throws {
        for store in [MemoryWitnessStore(), try store()] as [any WitnessStore] {
            let witness = try witness(store)
            let requests = try (0..<100).map { try request($0) }
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for request in requests {
                    group.addTask { try await witness.addCheckpoint(request).status }
                }
                return try await group.reduce(into: [Int]()) { $0.append($1) }
            }
            #expect(statuses.count { $0 == 200 } == 1)
            #expect(statuses.count { $0 == 409 } == 99)
        }
    }

    @Test("what was cosigned stands after the file is opened again, and is what monitors see")
    func reopened() async throws {
        var opened = try store()
        let answer = try await witness(opened).addCheckpoint(request(1))
        #expect(answer.status == 200)
        try opened.close()
        opened = try store()
        let again = try witness(opened)
        #expect(try await again.addCheckpoint(request(2)).status == 409)
        let hash = try #require(
            Hexadecimal.decode("fa89ad51ddd0bbd3b21d9ae5ea7b0a8bb4ff0ab6a2f0d1ca5a6a8e7ddc8b5b3c")
        )
        #expect(try await again.checkpoint(originHash: hash) == nil)
        let own = try await again.checkpoint(originHash: WitnessHash.of(Self.origin))
        let signed = try SignedCheckpoint(bytes: #require(own))
        let verified = try signed.note.verified(by: [log.verifierKey, signer.verifierKey])
        #expect(verified.count == 2)
        #expect(own?.suffix(answer.body.count).elementsEqual(answer.body) == true)
    }

    @Test("a memory is refused when it is missing, another witness's, or there already")
    func refused() throws {
        #expect(throws: SQLiteWitnessStore.Failure.self) {
            try SQLiteWitnessStore(path: folder.file, key: signer.verifierKey)
        }
        #expect(!FileManager.default.fileExists(atPath: folder.file))
        try store().close()
        #expect(throws: SQLiteWitnessStore.Failure.self) {
            try SQLiteWitnessStore.create(path: folder.file, key: signer.verifierKey)
        }
        let other = try CosignatureSigner(name: "o", seed: [UInt8](repeating: 3, count: 32))
        #expect(throws: SQLiteWitnessStore.Failure.self) {
            try SQLiteWitnessStore(path: folder.file, key: other.verifierKey)
        }
    }
}

private enum WitnessHash {
    /// By openssl's word for it: the monitoring path's hash is the plain SHA-256 of the origin.
    static func of(_ origin: String) throws -> [UInt8] {
        let process = Process()
        let (input, output) = (Pipe(), Pipe())
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = ["dgst", "-sha256", "-binary"]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        input.fileHandleForWriting.write(Data(origin.utf8))
        try input.fileHandleForWriting.close()
        process.waitUntilExit()
        return Array(output.fileHandleForReading.readDataToEndOfFile())
    }
}
