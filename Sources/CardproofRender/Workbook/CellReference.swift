/// Where a cell stands: `C12` is column 3 of row 12 (ECMA-376-1, 18.18.7 ST_CellRef).
struct CellReference: Equatable {
    /// XFD, the last column a workbook can have.
    static let mostColumns = 16_384
    static let mostRows = 1_048_576

    /// From 1.
    let column: Int
    /// From 1.
    let row: Int

    init(column: Int, row: Int) {
        self.column = column
        self.row = row
    }

    /// Nil for what is no cell of a sheet; `$` marks of absolute references are allowed.
    init?(_ text: some Sequence<UInt8>) {
        var column = 0
        var row = 0
        for symbol in text {
            switch symbol {
            case UInt8(ascii: "$"): continue
            case UInt8(ascii: "A")...UInt8(ascii: "Z") where row == 0:
                column = column * 26 + Int(symbol - UInt8(ascii: "A")) + 1
            case UInt8(ascii: "0")...UInt8(ascii: "9") where column > 0:
                row = row * 10 + Int(symbol - UInt8(ascii: "0"))
                guard row > 0 else { return nil }
            default: return nil
            }
            guard column <= Self.mostColumns, row <= Self.mostRows else { return nil }
        }
        guard column > 0, row > 0 else { return nil }
        self.init(column: column, row: row)
    }

    /// A, B, … Z, AA, … XFD: digits from 1 to 26 in base 26.
    static func letters(ofColumn column: Int) -> String {
        var letters: [UInt8] = []
        var rest = column
        while rest > 0 {
            letters.insert(UInt8(ascii: "A") + UInt8((rest - 1) % 26), at: 0)
            rest = (rest - 1) / 26
        }
        return String(decoding: letters, as: UTF8.self)
    }

    var description: String { Self.letters(ofColumn: column) + String(row) }
}
