import ArgumentParser
import WireFormat

/// A list of the gateway's as commands show it: all rows as JSON, or a table of some columns.
struct Listing {
    /// One column: its heading, and where its value stands in a row.
    struct Column {
        let heading: String
        let path: [String]

        init(_ heading: String, _ path: String...) {
            self.heading = heading
            self.path = path
        }

        func cell(of row: JSONValue) -> String {
            path.reduce(Optional(row)) { $0?[$1] }?.lexeme ?? "-"
        }
    }

    /// The name the API gives the list.
    let name: String
    let columns: [Column]

    func table(of list: JSONValue) -> String {
        let rows = (list[name]?.arrayValue ?? []).map { row in columns.map { $0.cell(of: row) } }
        return Table(header: columns.map(\.heading), rows: rows).text
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
            try await access.allRows(
                named: name,
                limit: limit,
                { try await fetch(access, $0) },
                from: first
            )
        }
        try output.show(list) { table(of: list) }
    }
}
