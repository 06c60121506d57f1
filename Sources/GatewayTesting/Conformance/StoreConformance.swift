public import Gateway

/// What every ``Gateway/Store`` must do, as data: one suite for all drivers.
///
/// A case opens a fresh store, acts, and returns what it found wrong; it imports no test
/// framework, so a driver written elsewhere can run it too. Every commit of a case is checked
/// (each receipt's proof is verified offline), and after it the whole log is hashed again: all
/// leaves, all tiles, the root, the signature, and every checkpoint that was ever seen.
public enum StoreConformance {
    /// One demand on a store.
    public struct Case: Sendable, CustomStringConvertible {
        /// The demand, as a sentence.
        public let name: String
        private let body: @Sendable (StoreBench) async throws -> Void

        init(_ name: String, body: @escaping @Sendable (StoreBench) async throws -> Void) {
            self.name = name
            self.body = body
        }

        public var description: String { name }

        /// Runs the case on a fresh store.
        /// - Parameter seed: repeats the identifiers and codes of a run.
        /// - Returns: what is wrong, one sentence each; empty when the store conforms.
        public func run(on subject: StoreSubject, seed: UInt64 = 1) async -> [String] {
            do {
                let bench = try await StoreBench(subject, seed: seed)
                do {
                    try await body(bench)
                } catch {
                    bench.note("the case broke off: \(error)")
                }
                try await bench.auditLogs()
                return bench.findings
            } catch {
                return ["the store could not be opened or read: \(error)"]
            }
        }
    }

    /// All cases.
    public static let cases: [Case] =
        intake + duplicates + sameCode + checks + judgements + redemptions + claims + reports
        + patterns + remedies + outcomes + conduct + risk
        + selfTests
        + events + log
        + logRotation + witnesses + platforms + adapters + quarantine + erasures + timeStamps
        + stock + incidents
}

/// A kind of store that the suite can open.
public struct StoreSubject: Sendable, CustomStringConvertible {
    /// An open store, and how to open again what it left behind; nil for a store that forgets.
    public struct Opened: Sendable {
        public let store: any Store
        public let reopen: (@Sendable () throws -> any Store)?

        public init(store: any Store, reopen: (@Sendable () throws -> any Store)?) {
            self.store = store
            self.reopen = reopen
        }
    }

    public let name: String
    let open: @Sendable (any CheckpointSigner, any TimeSource) throws -> Opened

    /// - Parameter open: gives a fresh, empty store each time.
    public init(
        name: String,
        open: @escaping @Sendable (any CheckpointSigner, any TimeSource) throws -> Opened
    ) {
        self.name = name
        self.open = open
    }

    public var description: String { name }

    /// The store in memory.
    public static let memory = StoreSubject(name: "memory") { signer, time in
        Opened(store: MemoryStore(signer: signer, time: time), reopen: nil)
    }
}
