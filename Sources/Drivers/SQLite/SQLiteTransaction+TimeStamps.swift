import Crypto
import EvidenceLog
import GRDB
import Gateway

extension SQLiteTransaction {
    func stampedEnd(of platform: PlatformNumber, by authority: String) throws -> UInt64? {
        // A later anchor of an authority is over a larger checkpoint.
        try first(
            """
            SELECT first_index + size AS end FROM time_stamps WHERE platform = ? AND authority = ?
            ORDER BY anchor_index DESC LIMIT 1
            """,
            [.platform(platform), .text(authority)]
        ).map { UInt64($0["end"] as Int64) }
    }

    func insert(_ stamp: TimeStampRecord) throws {
        let chain = try number(ofText: stamp.chain)
        let lists = try number(ofText: stamp.revocationLists)
        let path = stamp.list?.place.path.flatMap(\.bytes)
        try run(
            """
            INSERT INTO time_stamps (platform, anchor_index, first_index, size, checkpoint,
                authority, policy, gen_time, accuracy_ms, token, chain, revocation_lists,
                list_text, list_index, list_count, list_path)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                .platform(stamp.platform), .index(stamp.anchorIndex),
                .index(stamp.firstIndex), .index(stamp.size),
                .blob(stamp.checkpoint), .text(stamp.authority), .text(stamp.policy),
                .instant(stamp.genTime), .integer(Int64(stamp.accuracy.wholeMilliseconds)),
                .blob(stamp.token), .integer(chain), .integer(lists),
                SQLiteValue(stamp.list?.text),
                stamp.list.map { .index($0.place.index) } ?? .null,
                stamp.list.map { .index($0.place.count) } ?? .null, SQLiteValue(path),
            ]
        )
    }

    private func number(ofText text: String) throws -> Int64 {
        let hash = Array(SHA256.hash(data: Array(text.utf8)))
        try run(
            "INSERT INTO time_stamp_texts (hash, text) VALUES (?, ?) ON CONFLICT DO NOTHING",
            [.blob(hash), .text(text)]
        )
        let row = try first("SELECT number FROM time_stamp_texts WHERE hash = ?", [.blob(hash)])
        guard let row else { throw StoreError.broken("a text neither stands nor is new") }
        return row["number"]
    }
}
