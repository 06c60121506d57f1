import Testing

@testable import CardproofRender

/// Texts of cells on their way to a line, and back into a sheet.
@Suite("Cell texts") struct RowTests {
    @Test(
        "a cell stays on its line",
        arguments: [
            ("a\nb", "a b"), ("a\r\nb", "a b"), ("a\rb", "a b"), ("a_x000D_\nb", "a b"),
            ("a_x000a_b", "a b"), ("_x005F_x0041_", "_x0041_"), ("_x0041_", "A"), ("卡密", "卡密"),
            ("_x00_", "_x00_"), ("_xD800_", "_xD800_"), ("_", "_"), ("a\n\nb", "a  b"),
        ]
    )
    func oneLine(written: String, line: String) {
        let bytes = Array(written.utf8).withUnsafeBufferPointer(CellText.onOneLine)
        #expect(String(decoding: bytes, as: UTF8.self) == line)
    }

    @Test(
        "a text comes back from a sheet as it was",
        arguments: ["_x0041_", "__x0041_", "=1+1", "<a&\"b\">", "x_x005F_x", "_X0041_"]
    )
    func roundTrip(text: String) {
        var written: [UInt8] = []
        XMLText.append(text, to: &written)
        var xml = String(decoding: written, as: UTF8.self)
        for (entity, symbol) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&amp;", "&")] {
            xml = xml.replacing(entity, with: symbol)
        }
        let read = Array(xml.utf8).withUnsafeBufferPointer(CellText.onOneLine)
        #expect(String(decoding: read, as: UTF8.self) == text)
    }
}
