import GRDB
import Gateway
import Testing

@testable import Drivers
@testable import GatewayTesting

/// What one sick issuer's backlog may cost everybody's writer.
@Suite("SQLite and a sick issuer")
struct SQLiteIssuerTests {
    @Test(
        "what is leased and what is next is found by index, however much waits",
        arguments: [
            (
                "SELECT id, due_at FROM checks WHERE adapter IS 'a' AND due_at <= 1"
                    + " AND due_at IS NOT NULL AND attempts = 0 ORDER BY due_at LIMIT 4",
                "checks_first"
            ),
            (
                "SELECT id, due_at FROM checks WHERE adapter IS 'a' AND due_at <= 1"
                    + " AND due_at IS NOT NULL AND attempts > 0 ORDER BY due_at LIMIT 4",
                "checks_again"
            ),
            (
                "SELECT min(due_at) FROM checks WHERE adapter IS 'a' AND due_at IS NOT NULL"
                    + " AND attempts > 0", "checks_again"
            ),
            (
                "SELECT count(*) FROM checks WHERE adapter = 'a' AND due_at IS NOT NULL"
                    + " AND attempts > 0", "checks_again"
            ),
            (
                "SELECT count(*) FROM checks WHERE due_at IS NOT NULL AND attempts = 0",
                "checks_first"
            ),
        ]
    )
    func indexes(sql: String, index: String) async throws {
        let bench = try await StoreBench(.sqlite(in: TemporaryFolder()), seed: 7)
        let store = try #require(bench.store as? SQLiteStore)
        let plan = try await store.pool.read { database in
            try Row.fetchAll(database, sql: "EXPLAIN QUERY PLAN " + sql)
                .map { $0["detail"] as String }
        }.joined(separator: "; ")
        #expect(plan.contains(index) && !plan.contains("TEMP B-TREE"), "\(plan)")
        #expect(plan.hasPrefix("SEARCH") || sql.contains("WHERE due_at"), "\(plan)")
    }
}
