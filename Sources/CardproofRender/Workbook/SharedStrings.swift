/// The texts that cells share (`xl/sharedStrings.xml`), one after another in one buffer.
final class SharedStrings: XMLPartHandler {
    /// All texts together, in bytes of UTF-8.
    static let mostBytes = 256 << 20
    /// A workbook of ten full sheets of different codes has no more.
    static let mostStrings = 16 << 20

    let place = "xl/sharedStrings.xml"
    private var bytes: [UInt8] = []
    /// Where each string ends.
    private var ends: [UInt32] = []
    private var isInsideText = false
    /// Pronunciations stand beside the text that they help to read.
    private var isInsidePhonetic = false

    /// Calls `body` with string number `index`, from 0; nil when there is none.
    func withString<R>(_ index: Int, _ body: (UnsafeBufferPointer<UInt8>) -> R) -> R? {
        guard ends.indices.contains(index) else { return nil }
        let start = index == 0 ? 0 : Int(ends[index - 1])
        return bytes.withUnsafeBufferPointer {
            body(UnsafeBufferPointer(rebasing: $0[start..<Int(ends[index])]))
        }
    }

    func start(_ name: XMLName, _ attributes: XMLAttributes) throws(RenderFailure) {
        if name == "t" { isInsideText = true }
        if name == "rPh" { isInsidePhonetic = true }
    }

    func end(_ name: XMLName) throws(RenderFailure) {
        if name == "t" { isInsideText = false }
        if name == "rPh" { isInsidePhonetic = false }
        guard name == "si" else { return }
        guard ends.count < Self.mostStrings else {
            throw .input("\(place): more than \(Self.mostStrings) texts; save it as CSV")
        }
        ends.append(UInt32(bytes.count))
    }

    func text(_ piece: UnsafeBufferPointer<UInt8>) throws(RenderFailure) {
        guard isInsideText, !isInsidePhonetic else { return }
        guard bytes.count + piece.count <= Self.mostBytes else {
            throw .input("\(place): more than \(Self.mostBytes >> 20) MiB of text; save it as CSV")
        }
        bytes.append(contentsOf: piece)
    }
}
