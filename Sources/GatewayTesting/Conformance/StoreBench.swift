import AdapterKit
import CardModel
import Crypto
import EvidenceLog
public import Gateway
import Synchronization
public import WireFormat

/// A store with a platform, a clock and randomness, and the findings of one case.
public final class StoreBench: Sendable {
    /// When every case begins.
    public static let start = Instant(secondsSinceEpoch: 1_795_161_600)

    private let opened: Mutex<any Store>
    private let openAgain: (@Sendable () throws -> any Store)?
    public let time = ManualTime(StoreBench.start)
    let random: SeededRandom
    let directory: PlatformDirectory
    let signer: BreakableSigner
    /// Where most cases take place.
    public let platform: Platform
    private let fingerprinter: CardFingerprinter
    private let audit: LogAudit
    private let found = Mutex<[String]>([])

    public init(_ subject: StoreSubject, seed: UInt64) async throws {
        random = SeededRandom(seed: seed)
        directory = PlatformDirectory(
            masterKey: SymmetricKey(data: random.bytes(32)),
            random: random,
            time: time
        )
        signer = BreakableSigner(directory)
        let opened = try subject.open(signer, time)
        self.opened = Mutex(opened.store)
        openAgain = opened.reopen
        fingerprinter = CardFingerprinter(pepper: SymmetricKey(data: random.bytes(32)))
        audit = LogAudit()
        try await directory.load(from: opened.store)
        platform = try await Self.add("market", to: opened.store, directory, random)
    }

    public var store: any Store { opened.withLock { $0 } }

    /// Closes the store and opens what it left behind; false when it leaves nothing.
    func reopen() throws -> Bool {
        guard let openAgain else { return false }
        let store = try openAgain()
        opened.withLock { $0 = store }
        return true
    }

    /// A further platform.
    func addPlatform(_ name: String) async throws -> Platform {
        try await Self.add(name, to: store, directory, random)
    }

    private static func add(
        _ name: String,
        to store: any Store,
        _ directory: PlatformDirectory,
        _ random: SeededRandom
    ) async throws -> Platform {
        try await directory.add(
            name: name,
            origin: "log.example/\(name)",
            eventsURL: nil,
            webhookKeys: [.secret(random.bytes(32))],
            apiToken: "token of \(name)",
            to: store
        )
    }

    // MARK: Findings

    public var findings: [String] { found.withLock { $0 } }

    func note(_ finding: String) { found.withLock { $0.append(finding) } }

    func expect(_ holds: Bool, _ finding: @autoclosure () -> String) {
        if !holds { note(finding()) }
    }

    func expect<Value: Equatable>(_ value: Value, is wanted: Value, _ what: String) {
        expect(value == wanted, "\(what): \(value) instead of \(wanted)")
    }

    struct Missing: Error, CustomStringConvertible {
        let description: String
    }

    func require<Value>(_ value: Value?, _ what: String) throws -> Value {
        guard let value else { throw Missing(description: "\(what) is missing") }
        return value
    }

    // MARK: Acting

    /// Commits, verifies each receipt's proof, and re-verifies the logs.
    @discardableResult
    func commit(_ changes: [Change]) async throws -> [CommitOutcome] {
        let outcomes = try await store.commit(changes)
        expect(outcomes.count, is: changes.count, "outcomes of a batch")
        for case .committed(let receipt) in outcomes {
            guard let proof = receipt.proof else { continue }
            for finding in try audit.findings(in: proof, of: directory.all) { note(finding) }
        }
        try await auditLogs()
        return outcomes
    }

    func commit(_ change: Change) async throws -> CommitOutcome {
        try require(try await commit([change]).first, "the outcome of a change")
    }

    /// Admits a notice that the case says is new.
    @discardableResult
    func admit(_ draft: NoticeDraft) async throws -> StoredAnswer {
        guard case .committed(let receipt) = try await commit(.admit(try admission(draft))) else {
            throw Missing(description: "the receipt of \(draft.webhookID)")
        }
        expect(receipt.proof != nil, "the receipt of \(draft.webhookID) has no proof")
        return try require(receipt.answer, "the answer of \(draft.webhookID)")
    }

    /// Verifies the whole log of every platform.
    func auditLogs() async throws {
        for platform in directory.all {
            for finding in try await audit.findings(of: platform, in: store) { note(finding) }
        }
    }

    func fingerprints(
        issuer: String,
        code: CardCode
    ) -> (code: CardFingerprint, key: CardFingerprint?) {
        fingerprinter.fingerprints(issuer: issuer, code: code)
    }
}

/// Signs as the directory does, or not at all: what fails last in a commit.
final class BreakableSigner: CheckpointSigner {
    struct Broken: Error {}

    private let signer: any CheckpointSigner
    private let broken = Mutex(false)

    init(_ signer: any CheckpointSigner) {
        self.signer = signer
    }

    var isBroken: Bool {
        get { broken.withLock { $0 } }
        set { broken.withLock { $0 = newValue } }
    }

    func signCheckpoint(
        of log: LogName,
        size: UInt64,
        root: TreeHash
    ) throws -> SignedCheckpoint {
        if isBroken { throw Broken() }
        return try signer.signCheckpoint(of: log, size: size, root: root)
    }
}
