import StatementKit

/// What is said of the sheets of a workbook that are not read.
extension AuditText {
    func unread(_ sheet: SheetEntry, of name: String) -> String? {
        let sheetName = Terminal.safeWord(sheet.name)
        switch sheet.content {
        case .rows: return nil
        case .hidden:
            return text(
                "\(name)：工作表 \(sheetName) 已隐藏，不读取",
                "\(name): sheet \(sheetName) is hidden and not read"
            )
        case .empty:
            return text(
                "\(name)：工作表 \(sheetName) 为空，不读取",
                "\(name): sheet \(sheetName) is empty and not read"
            )
        case .other:
            return text(
                "\(name)：\(sheetName) 是图表等，没有行，不读取",
                "\(name): \(sheetName) is a chart or the like, has no rows and is not read"
            )
        }
    }
}
