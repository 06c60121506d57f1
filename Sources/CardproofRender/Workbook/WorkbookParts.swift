/// The parts of a workbook that name its sheets and say how cells look.
struct WorkbookParts {
    /// Places in the list of cell styles below.
    enum Style: Int {
        case number = 0
        case title, text, share
    }

    private static let officeDocument =
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    private static let package = "http://schemas.openxmlformats.org/package/2006"
    private static let contentType =
        "application/vnd.openxmlformats-officedocument.spreadsheetml"

    /// By number from 1, as their parts are called.
    private let sheets: [(name: String, leads: Bool)]

    init(_ sheets: [(name: String, leads: Bool)]) { self.sheets = sheets }

    var all: [(path: String, text: String)] {
        [
            ("xl/styles.xml", styles), ("xl/workbook.xml", workbook),
            ("xl/_rels/workbook.xml.rels", workbookRelationships),
            ("_rels/.rels", relationships), ("[Content_Types].xml", contentTypes),
        ]
    }

    private var workbook: String {
        let numbered = sheets.enumerated().map { (number: $0.offset + 1, sheet: $0.element) }
        let order = numbered.filter(\.sheet.leads) + numbered.filter { !$0.sheet.leads }
        let tabs = order.map { entry in
            var name: [UInt8] = []
            XMLText.append(entry.sheet.name, to: &name)
            return "<sheet name=\"\(String(decoding: name, as: UTF8.self))\" "
                + "sheetId=\"\(entry.number)\" r:id=\"rId\(entry.number)\"/>"
        }
        return XMLText.declaration
            + "<workbook xmlns=\"\(XMLText.main)\" xmlns:r=\"\(Self.officeDocument)\">"
            + "<bookViews><workbookView activeTab=\"0\"/></bookViews>"
            + "<sheets>" + tabs.joined() + "</sheets></workbook>"
    }

    private var workbookRelationships: String {
        let parts = sheets.indices.map { ("worksheet", "worksheets/sheet\($0 + 1).xml") }
        return Self.relationships(parts + [("styles", "styles.xml")])
    }

    private var relationships: String {
        Self.relationships([("officeDocument", "xl/workbook.xml")])
    }

    private static func relationships(_ targets: [(kind: String, path: String)]) -> String {
        let lines = targets.enumerated().map { index, target in
            "<Relationship Id=\"rId\(index + 1)\" Type=\"\(officeDocument)/\(target.kind)\" "
                + "Target=\"\(target.path)\"/>"
        }
        return XMLText.declaration
            + "<Relationships xmlns=\"\(package)/relationships\">" + lines.joined()
            + "</Relationships>"
    }

    private var contentTypes: String {
        let sheetTypes = sheets.indices.map {
            Self.override("/xl/worksheets/sheet\($0 + 1).xml", "worksheet")
        }
        return XMLText.declaration + "<Types xmlns=\"\(Self.package)/content-types\">"
            + "<Default Extension=\"rels\" "
            + "ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>"
            + "<Default Extension=\"xml\" ContentType=\"application/xml\"/>"
            + Self.override("/xl/workbook.xml", "sheet.main")
            + Self.override("/xl/styles.xml", "styles") + sheetTypes.joined() + "</Types>"
    }

    private static func override(_ part: String, _ kind: String) -> String {
        "<Override PartName=\"\(part)\" ContentType=\"\(contentType).\(kind)+xml\"/>"
    }

    /// In the order of ``Style``. 49 is text, 10 is per cent with two decimals (18.8.30 numFmt);
    /// `quotePrefix` keeps text that begins as a formula does text when it is edited.
    private var styles: String {
        XMLText.declaration + "<styleSheet xmlns=\"\(XMLText.main)\">"
            + "<fonts count=\"2\"><font><sz val=\"11\"/><name val=\"Calibri\"/></font>"
            + "<font><b/><sz val=\"11\"/><name val=\"Calibri\"/></font></fonts>"
            + "<fills count=\"2\"><fill><patternFill patternType=\"none\"/></fill>"
            + "<fill><patternFill patternType=\"gray125\"/></fill></fills>"
            + "<borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/></border>"
            + "</borders><cellStyleXfs count=\"1\">"
            + "<xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/></cellStyleXfs>"
            + "<cellXfs count=\"4\">" + Self.style(format: 0, font: 0)
            + Self.style(format: 49, font: 1, " quotePrefix=\"1\"")
            + Self.style(format: 49, font: 0, " quotePrefix=\"1\"")
            + Self.style(format: 10, font: 0) + "</cellXfs>"
            + "<cellStyles count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" builtinId=\"0\"/>"
            + "</cellStyles></styleSheet>"
    }

    private static func style(format: Int, font: Int, _ more: String = "") -> String {
        "<xf numFmtId=\"\(format)\" fontId=\"\(font)\" fillId=\"0\" borderId=\"0\" xfId=\"0\" "
            + "applyNumberFormat=\"1\" applyFont=\"1\"\(more)/>"
    }
}
