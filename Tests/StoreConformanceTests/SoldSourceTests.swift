import CardModel
import Crypto
import Drivers
import Foundation
import GRDB
import Testing

@testable import Drivers
@testable import Gateway
@testable import GatewayTesting

/// Whatever knows the codes already sold answers as a set does: an index, and a gateway's store.
@Suite("Sold codes: sources") struct SoldSourceTests {
    typealias Make = ([SoldFingerprint]) async throws -> any SoldFingerprintSource

    /// The demands on every source.
    private static func check(_ name: String, _ make: Make) async throws {
        for seed in UInt64(1)...4 {
            var random = SeededGenerator(seed: seed)
            let held = Set(
                (0..<3_000).map { _ in
                    SoldFingerprint(high: random.next(), low: random.next())
                })
            let edges = [
                SoldFingerprint(high: 0, low: 0), SoldFingerprint(high: .max, low: .max),
                SoldFingerprint(high: 0, low: .max), SoldFingerprint(high: .max, low: 0),
            ]
            let edge = edges[Int(seed) - 1]
            let all = held.union([edge])
            let source = try await make(all.sorted())
            let strangers = (0..<50).map { _ in
                SoldFingerprint(high: random.next(), low: random.next())
            }
            // Neighbours, which differ in the last bit alone.
            let neighbours = held.prefix(50).map { SoldFingerprint(high: $0.high, low: $0.low ^ 1) }
            let sparse = Set(strangers + neighbours + edges + held.prefix(7))
            for sought in [[], [edge], sparse.sorted(), all.union(sparse).sorted()] {
                let found = try source.sold(among: sought)
                #expect(found == sought.filter(all.contains), "\(name), seed \(seed)")
            }
        }
    }

    @Test("an index")
    func index() async throws {
        let fingerprinting = LastingFingerprinting(
            indexKey: SymmetricKey(data: [UInt8](0..<32))
        )
        try await Self.check("index") { held in
            let folder = try TemporaryFolder()
            let path = folder.path + "/a.idx"
            var writer = try SoldIndexWriter(
                SoldIndexReplacement(path: path),
                key: fingerprinting.blockKey
            )
            try writer.append(held)
            try writer.finish(
                fingerprinting,
                normalForm: LastingFingerprinting.normalForm(of: nil)
            )
            return try SoldIndex(
                SoldIndexFile(path: path),
                name: path,
                fingerprinting: fingerprinting,
                format: nil
            )
        }
    }

    /// Puts rows where deliveries put them.
    private static func hold(
        _ held: [SoldFingerprint],
        platform: PlatformNumber,
        in store: SQLiteStore
    ) async throws {
        try await store.pool.write { database in
            for (number, fingerprint) in held.enumerated() {
                try database.execute(
                    sql: "INSERT INTO holders (fingerprint, platform, item) VALUES (?, ?, ?)",
                    arguments: [fingerprint.stored, platform.rawValue, number + 1]
                )
            }
        }
    }

    @Test("a gateway's store, and of it the platform alone that was named")
    func store() async throws {
        let folders = try (0..<4).map { _ in try TemporaryFolder() }
        var next = folders.makeIterator()
        try await Self.check("store") { held in
            let made = next.next()
            let folder = try #require(made)
            let bench = try await StoreBench(.sqlite(in: folder), seed: 3)
            let other = try await bench.addPlatform("other")
            let store = try #require(bench.store as? SQLiteStore)
            try await Self.hold(held, platform: bench.platform.number, in: store)
            // The other platform has all of the neighbours, none of which was sold here.
            let elsewhere = held.map { SoldFingerprint(high: $0.high, low: $0.low ^ 1) }
            try await Self.hold(
                elsewhere.filter { !held.contains($0) },
                platform: other.number,
                in: store
            )
            let opened = try SQLiteSoldStore(path: folder.file)
            #expect(opened.platforms.keys.sorted() == ["market", "other"])
            return opened.codes(of: bench.platform.number)
        }
    }

    /// Puts rows where registered lines stand.
    private static func register(
        _ held: [SoldFingerprint],
        in batch: StockBatchRecord,
        of store: SQLiteStore
    ) async throws {
        try await store.pool.write { database in
            for (position, fingerprint) in held.enumerated() {
                try database.execute(
                    sql: """
                        INSERT INTO stock_codes (batch, position, line, platform, fingerprint,
                            is_standing, classes, sealed_code, hash)
                        VALUES (?, ?, ?, ?, ?, 1, '', x'', x'')
                        """,
                    arguments: [
                        batch.number.rawValue, position, position + 1, batch.platform.rawValue,
                        fingerprint.stored,
                    ]
                )
            }
        }
    }

    @Test("a gateway's registered stock, but for what was withdrawn")
    func registered() async throws {
        let folders = try (0..<4).map { _ in try TemporaryFolder() }
        var next = folders.makeIterator()
        try await Self.check("stock") { held in
            let made = next.next()
            let folder = try #require(made)
            let bench = try await StoreBench(.sqlite(in: folder), seed: 3)
            let store = try #require(bench.store as? SQLiteStore)
            let batch = try await bench.begin(lines: 1, key: nil)
            let withdrawn = try await bench.begin(lines: 1, key: nil)
            _ = try await bench.act(.withdraw, on: withdrawn)
            try await Self.register(held, in: batch, of: store)
            let neighbours = held.map { SoldFingerprint(high: $0.high, low: $0.low ^ 1) }
            try await Self.register(
                neighbours.filter { !held.contains($0) }, in: withdrawn, of: store)
            let codes = try SQLiteSoldStore(path: folder.file)
                .registeredCodes(of: bench.platform.number)
            #expect(codes.origin == .registered)
            return codes
        }
    }

    @Test("walking over rows and looking each up give the same", arguments: [Int64(0), 1 << 40])
    func walkAndLookUp(itemCount: Int64) async throws {
        let folder = try TemporaryFolder()
        let bench = try await StoreBench(.sqlite(in: folder), seed: 3)
        let store = try #require(bench.store as? SQLiteStore)
        var random = SeededGenerator(seed: 8)
        let held = (0..<400).map { _ in
            SoldFingerprint(high: random.next(), low: random.next())
        }
        try await Self.hold(held, platform: bench.platform.number, in: store)
        let codes = SQLiteSoldCodes(
            queue: try SQLiteAuditor.openQueue(path: folder.file),
            platform: bench.platform.number,
            rowCount: itemCount,
            stock: nil
        )
        #expect(try codes.sold(among: held.sorted()) == held.sorted())
    }

    @Test("the deployment's sealed secrets make the gateway's own fingerprints")
    func secrets() async throws {
        let folder = try TemporaryFolder()
        let bench = try await StoreBench(.sqlite(in: folder), seed: 3)
        let sealed = try SQLiteSoldStore(path: folder.file).sealedSecrets
        let pepper = try #require(bench.directory.pepper)
        let made = bench.directory.soldFingerprinting(sealed: sealed, issuer: "cmcc")
        let wanted = LastingFingerprinting(pepper: pepper, issuer: "cmcc")
        #expect(made?.keyID == wanted.keyID)
        #expect(bench.directory.soldFingerprinting(sealed: [1, 2], issuer: "cmcc") == nil)
    }
}

extension SoldFingerprint {
    /// As the store keeps it: 32 bytes, of which these are the first half.
    fileprivate var stored: Data {
        Data(
            [high, low, 1, 2].flatMap { word in withUnsafeBytes(of: word.bigEndian) { Array($0) } })
    }
}
