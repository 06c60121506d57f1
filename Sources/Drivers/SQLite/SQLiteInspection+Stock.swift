import EvidenceLog
import GRDB
import Gateway

extension SQLiteInspection {
    func batches() throws(InspectionFailure) -> RowWalk<StockBatchRecord> {
        try walk("stock_batches", key: "id", "SELECT * FROM stock_batches ORDER BY number") {
            try StockBatchRecord(row: $0)
        }
    }

    func stockCodes(of batch: BatchNumber) throws(InspectionFailure) -> RowWalk<StockCodeRecord> {
        try walk(
            "stock_codes", key: "position",
            "SELECT * FROM stock_codes WHERE batch = ? ORDER BY position", [batch.rawValue]
        ) { try StockCodeRecord(row: $0) }
    }

    func stockNode(
        of batch: BatchNumber,
        level: Int,
        index: UInt64
    ) throws(InspectionFailure) -> InspectedRow<TreeHash>? {
        try walk(
            "stock_nodes", key: "position",
            "SELECT * FROM stock_nodes WHERE batch = ? AND level = ? AND position = ?",
            [batch.rawValue, level, Int64(clamping: index)]
        ) { try $0.required(TreeHash(bytes: $0.bytes("hash")), "stock_nodes", "hash") }()
    }

    func stockNodeCount(of batch: BatchNumber) throws(InspectionFailure) -> UInt64 {
        try calling(StorePlace("stock_nodes")) {
            try Row.fetchOne(
                database,
                sql: "SELECT count(*) AS n FROM stock_nodes WHERE batch = ?",
                arguments: [batch.rawValue]
            )?.index("stock_nodes", "n") ?? 0
        }
    }
}
