public import WireFormat

/// The provisions that templates cite by id (法律依据); M0-23, M1-35, M3-57.
///
/// The summaries are the gateway's own short words, not the law's, and none was checked against
/// the text in force: an operator edits them and says so by `verified`.
public struct LawLibrary: Sendable, Hashable {
    public var id: String
    public var version: Int
    public var citations: [LawCitation]

    public init(id: String, version: Int, citations: [LawCitation]) {
        self.id = id
        self.version = version
        self.citations = citations
    }

    public subscript(citationID: String) -> LawCitation? {
        citations.first { $0.id == citationID }
    }

    /// Ids that the rows of a table cite and that are not here.
    public func missing(from table: TierTable) -> [String] {
        Set(table.tiers.all.flatMap(\.law)).filter { self[$0] == nil }.sorted()
    }
}

public struct LawCitation: Sendable, Hashable {
    /// Such as `cn.consumer.24`.
    public var id: String
    /// The name of the law and the place in it.
    public var title: LocalisedText
    public var summary: LocalisedText
    /// Whether an operator compared it with the text in force.
    public var isVerified: Bool

    public init(id: String, title: LocalisedText, summary: LocalisedText, isVerified: Bool) {
        self.id = id
        self.title = title
        self.summary = summary
        self.isVerified = isVerified
    }
}

extension LawLibrary {
    /// The most citations of a library.
    static let mostCitations = 500

    /// - Throws: ``InvalidDocument`` with every fault at once.
    public init(jsonValue: JSONValue) throws(InvalidDocument) {
        let issues = ObjectReader.IssueList()
        let reader = ObjectReader.document(jsonValue, issues: issues)
        let id = reader.required("law") { reader.identifier($0) }
        let version = reader.required("version") {
            reader.integer($0, in: 1...TierTable.mostVersions)
        }
        let elements = reader.required("citations") { reader.elements($0) } ?? []
        if elements.count > Self.mostCitations {
            reader.note("citations", .outOfRange, "at most \(Self.mostCitations) citations")
        }
        var seen: Set<String> = []
        let citations = elements.prefix(Self.mostCitations).compactMap { index, value in
            let place = "citations/\(index)"
            let citation = reader.element(value, at: place).flatMap { LawCitation($0) }
            if let id = citation?.id, !seen.insert(id).inserted {
                reader.note("\(place)/id", .contradiction, "`\(id)` stands twice")
            }
            return citation
        }
        reader.refuseOthers()
        guard let id, let version, issues.issues.isEmpty else {
            throw InvalidDocument(issues: issues.issues)
        }
        self.init(id: id, version: version, citations: citations)
    }

    public var jsonValue: JSONValue {
        [
            "law": .string(id),
            "version": .integer(Int64(version)),
            "citations": .array(citations.map(\.jsonValue)),
        ]
    }
}

extension LawCitation {
    init?(_ reader: ObjectReader) {
        let id = reader.required("id") { reader.identifier($0) }
        let title = reader.required("title") { LocalisedText(reader.object($0)) }
        let summary = reader.required("summary") { LocalisedText(reader.object($0)) }
        let isVerified = reader.required("verified") { reader.bool($0) }
        reader.refuseOthers()
        guard let id, let title, let summary, let isVerified else { return nil }
        self.init(id: id, title: title, summary: summary, isVerified: isVerified)
    }

    var jsonValue: JSONValue {
        [
            "id": .string(id),
            "title": title.jsonValue,
            "summary": summary.jsonValue,
            "verified": .bool(isVerified),
        ]
    }
}
