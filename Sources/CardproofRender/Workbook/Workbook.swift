import StatementKit

/// An .xlsx workbook: its sheets, and what reading one of them takes.
struct Workbook {
    let archive: WorkbookArchive
    let sheets: [Sheet]
    let dates: DateSystem
    private let relationships: PartRelationships

    struct Sheet {
        let name: String
        let isHidden: Bool
        /// Nil for charts, dialogs and macros, which have no rows.
        let part: String?
    }

    /// - Parameter descriptor: of a regular file.
    /// - Throws: for what is no workbook, or a damaged one.
    init(descriptor: Int32) throws(RenderFailure) {
        archive = try WorkbookArchive(descriptor: descriptor)
        let roots = try PartRelationships.read(of: "", in: archive)
        guard let root = roots.first("officeDocument") else {
            throw .input("is a ZIP archive, but no workbook; save it as .xlsx or CSV")
        }
        guard !root.part.lowercased().hasSuffix(".bin") else {
            throw .input("is a binary workbook (.xlsb); save it as .xlsx or CSV")
        }
        relationships = try PartRelationships.read(of: root.part, in: archive)
        let list = SheetList(place: root.part)
        guard try archive.parse(root.part, into: list) else {
            throw .input("is damaged: it has no part \(root.part)")
        }
        dates = list.dates
        let relationships = relationships
        sheets = list.entries.map { entry in
            let target = relationships[entry.relationship]
            return Sheet(
                name: entry.name,
                isHidden: entry.isHidden,
                part: target?.kind == "worksheet" ? target?.part : nil
            )
        }
        guard !sheets.isEmpty else {
            throw .input("is no workbook with sheets (\(root.part) names none)")
        }
    }

    func sharedStrings() throws(RenderFailure) -> SharedStrings {
        let strings = SharedStrings()
        guard let part = relationships.first("sharedStrings")?.part else { return strings }
        guard try archive.parse(part, into: strings) else {
            throw .input("is damaged: it has no part \(part)")
        }
        return strings
    }

    func formats() throws(RenderFailure) -> CellFormats {
        let formats = CellFormats()
        if let part = relationships.first("styles")?.part {
            try archive.parse(part, into: formats)
        }
        return formats
    }
}

/// The sheets that `xl/workbook.xml` names, in the order of their tabs.
private final class SheetList: XMLPartHandler {
    /// Excel sets no limit; nobody has so many.
    static let mostSheets = 1_024
    /// Excel allows 31 symbols.
    static let longestName = 1_024

    struct Entry {
        let name: String
        let isHidden: Bool
        let relationship: String
    }

    let place: String
    private(set) var entries: [Entry] = []
    private(set) var dates = DateSystem.from1900

    init(place: String) { self.place = place }

    func start(_ name: XMLName, _ attributes: XMLAttributes) throws(RenderFailure) {
        if name == "workbookPr", attributes.flag("date1904") { dates = .from1904 }
        guard name == "sheet" else { return }
        guard entries.count < Self.mostSheets else {
            throw .input("has more than \(Self.mostSheets) sheets")
        }
        guard let title = attributes["name"], title.utf8.count <= Self.longestName,
            let id = attributes["id"]
        else { throw .input("\(place): a sheet without a name or with an absurd one") }
        // `hidden` or `veryHidden` (18.18.68 ST_SheetState).
        let isHidden = attributes["state"].map { $0 != "visible" } ?? false
        entries.append(Entry(name: title, isHidden: isHidden, relationship: id))
    }

    func end(_ name: XMLName) throws(RenderFailure) {}

    func text(_ bytes: UnsafeBufferPointer<UInt8>) throws(RenderFailure) {}
}
