import EvidenceLog
import Foundation
import GRDB
import Gateway
import Testing
import WireFormat

@testable import Drivers
@testable import GatewayTesting

/// What only the SQLite store promises: commits that outlive a power cut, and a full disk that
/// costs nothing that was acknowledged.
@Suite("SQLite durability")
struct SQLiteDurabilityTests {
    private func bench(_ folder: TemporaryFolder) async throws -> (StoreBench, SQLiteStore) {
        let bench = try await StoreBench(.sqlite(in: folder), seed: 7)
        return (bench, try #require(bench.store as? SQLiteStore))
    }

    @Test("the connection that commits runs with synchronous=FULL in WAL mode")
    func synchronousIsFull() async throws {
        let (_, store) = try await bench(TemporaryFolder())
        let (synchronous, journal) = try await store.pool.writeWithoutTransaction { database in
            (
                try Int.fetchOne(database, sql: "PRAGMA synchronous"),
                try String.fetchOne(database, sql: "PRAGMA journal_mode")
            )
        }
        #expect(synchronous == 2)
        #expect(journal == "wal")
    }

    @Test("synchronous is FULL again after leases, which need no fsync")
    func synchronousIsFullAfterLeases() async throws {
        let (bench, store) = try await bench(TemporaryFolder())
        try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
        let leased = try await bench.leaseOne()
        try await store.releaseChecks([leased.check.id], leasedUntil: leased.leasedUntil)
        let synchronous = try await store.pool.writeWithoutTransaction {
            try Int.fetchOne($0, sql: "PRAGMA synchronous")
        }
        #expect(synchronous == 2)
    }

    @Test("synchronous stays FULL after the store was closed and opened again")
    func synchronousIsFullAgain() async throws {
        let folder = try TemporaryFolder()
        let (bench, _) = try await bench(folder)
        #expect(try bench.reopen())
        let again = try #require(bench.store as? SQLiteStore)
        let synchronous = try await again.pool.writeWithoutTransaction {
            try Int.fetchOne($0, sql: "PRAGMA synchronous")
        }
        #expect(synchronous == 2)
    }

    @Test("checkpoints are in order of time, where the clock was set back and a log ended too")
    func clockSetBack() async throws {
        let folder = try TemporaryFolder()
        let (bench, store) = try await bench(folder)
        for number in 0..<4 {
            let draft = NoticeDraft("w-\(number)", order: "o-\(number)", ItemDraft(number))
            try await bench.admit(draft)
            bench.time.advance(by: .milliseconds(-1))
            if number == 2 { _ = try await bench.rotate() }
        }
        try store.close()
        let times = try SQLiteAuditor.inspect(path: folder.file) { inspection in
            let walk = try inspection.checkpoints(of: bench.platform.number, in: 0...100)
            var times: [Instant] = []
            while case .row(let checkpoint) = try walk() { times.append(checkpoint.signedAt) }
            return times
        }
        #expect(times.count == 7)
        #expect(times == times.sorted())
    }

    @Test("on a full disk nothing is acknowledged, what was stays, and it works again after")
    func fullDisk() async throws {
        let (bench, store) = try await bench(TemporaryFolder())
        try await bench.admit(NoticeDraft("w-0", order: "o-0", ItemDraft(0)))
        try await setLimit(ofPages: nil, of: store, spare: 2)
        var acknowledged = 1
        var refusal: StoreError?
        while refusal == nil, acknowledged < 500 {
            let number = acknowledged
            let draft = NoticeDraft("w-\(number)", order: "o-\(number)", ItemDraft(number))
            let admission = try bench.admission(draft)
            do throws(StoreError) {
                _ = try await store.commit([.admit(admission)])
                acknowledged += 1
            } catch {
                refusal = error
            }
        }
        #expect(refusal == .unavailable("SQLite 13"))
        try await bench.auditLogs()
        let size = try await store.logHead(of: bench.platform.number)?.range.size
        #expect(size == UInt64(acknowledged))
        let trace = try await store.notice(
            platform: bench.platform.number,
            webhookID: "w-\(acknowledged)"
        )
        #expect(trace == nil)
        try await setLimit(ofPages: 1_000_000, of: store, spare: 0)
        try await bench.admit(
            NoticeDraft(
                "w-\(acknowledged)",
                order: "o-\(acknowledged)",
                ItemDraft(acknowledged)
            )
        )
        #expect(bench.findings.isEmpty, "\(bench.findings)")
    }

    /// Lets the file grow to so many pages; without a number, to `spare` more than it has.
    private func setLimit(ofPages limit: Int?, of store: SQLiteStore, spare: Int) async throws {
        try await store.pool.writeWithoutTransaction { database in
            let pages =
                try limit
                ?? Int.fetchOne(database, sql: "PRAGMA page_count").map { $0 + spare } ?? 0
            try database.execute(sql: "PRAGMA max_page_count = \(pages)")
        }
    }

    @Test("a file of a newer program is refused, and stays as it is")
    func newerFile() async throws {
        let folder = try TemporaryFolder()
        let (bench, store) = try await bench(folder)
        try await store.pool.write { database in
            try database.execute(
                sql: "INSERT INTO grdb_migrations (identifier) VALUES ('99 from the future')"
            )
        }
        #expect(throws: StoreError.self) { _ = try bench.reopen() }
    }

    @Test("a file that is no database is refused as damaged")
    func damagedFile() async throws {
        let folder = try TemporaryFolder()
        let noise = Array(repeating: UInt8(0x5A), count: 8_192)
        try #require(FileManager.default.createFile(atPath: folder.file, contents: Data(noise)))
        let findings = await StoreConformance.cases[0].run(on: .sqlite(in: folder))
        #expect(findings.count == 1)
        #expect(findings.first?.contains("damaged") == true, "\(findings)")
    }
}
