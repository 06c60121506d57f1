import ArgumentParser
import WireFormat

/// A list of the gateway's as commands show it: all rows as JSON, or a table of some columns.
struct Listing {
    /// One column: its heading, and where its value stands in a row.
    struct Column {
        let heading: String
        /// Where the list is shown in words; nil where it has none.
        let headingZhCN: String?
        let path: [String]

        init(_ heading: String, zhCN: String? = nil, _ path: String...) {
            self.heading = heading
            headingZhCN = zhCN
            self.path = path
        }

        func cell(of row: JSONValue, in words: ClaimWords?) -> String {
            guard let value = path.reduce(Optional(row), { $0?[$1] }) else { return "-" }
            if let words, case .bool(let isTrue) = value {
                return isTrue ? words.language("是", "yes") : words.language("否", "no")
            }
            let word = path.last.flatMap { name in
                value.stringValue.flatMap { words?.word(for: $0, of: name) }
            }
            return word ?? value.lexeme ?? "-"
        }
    }

    /// The name the API gives the list.
    let name: String
    let columns: [Column]
    /// For the tokens of claims; nil shows them as they are.
    var words: ClaimWords?

    func table(of list: JSONValue) -> String {
        let rows = (list[name]?.arrayValue ?? []).map { row in
            columns.map { $0.cell(of: row, in: words) }
        }
        let header = columns.map {
            words?.language($0.headingZhCN ?? $0.heading, $0.heading) ?? $0.heading
        }
        return Table(header: header, rows: rows).text
    }

    /// Fetches page by page, as many rows as are wanted, and shows them.
    func show(
        _ page: PageOptions,
        from first: PageRequest,
        _ options: ConfigurationOptions,
        _ output: OutputOptions,
        fetching fetch: @Sendable (any Operator, PageRequest) async throws -> JSONValue
    ) async throws {
        let limit = try page.checkedLimit
        let list = try await OperatorAccess.with(try options.load()) { access in
            try await first.allRows(named: name, limit: limit) { try await fetch(access, $0) }
        }
        try output.show(list) { table(of: list) }
    }
}
