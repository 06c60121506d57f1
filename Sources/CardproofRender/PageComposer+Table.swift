import StatementKit

/// Tables: a row stays on one page when it can, and the columns' titles stand on every page.
extension PageComposer {
    /// Rows that the columns' widths are made for; to measure thousands would take seconds.
    private static let measuredRows = 60

    mutating func place(_ table: StatementDocument.Table) throws(RenderFailure) {
        let widths = columnWidths(of: table)
        let titles = cells(table.columns, .columnTitle, widths)
        space(2 * PageGeometry.padding)
        if height(of: titles) + 2 * TextStyle.cell.points > room, !isAtTop { try newPage() }
        draw(titles, widths, shade: PDFCanvas.Shade.ground)
        for row in table.rows {
            try place(cells(row, .cell, widths), below: titles, widths)
        }
        space(PageGeometry.padding)
    }

    private mutating func place(
        _ row: [RowCell],
        below titles: [RowCell],
        _ widths: [Double]
    ) throws(RenderFailure) {
        var rest = row
        let wholePage = PageGeometry.bottom - PageGeometry.margin - height(of: titles)
        while true {
            let fits = height(of: rest) <= room
            if fits || height(of: rest) > wholePage {
                let piece = fits ? rest : rest.map { $0.piece(height: room) }
                if piece.contains(where: { !$0.range.isEmpty }) {
                    draw(piece, widths, shade: nil)
                    rest = zip(rest, piece).map { $0.without($1) }
                    if rest.allSatisfy({ $0.range.isEmpty }) { return }
                }
            }
            try newPage()
            draw(titles, widths, shade: PDFCanvas.Shade.ground)
        }
    }

    private func columnWidths(of table: StatementDocument.Table) -> [Double] {
        var natural = table.columns.map { naturalWidth($0, .columnTitle) }
        for row in table.rows.prefix(Self.measuredRows) {
            for (column, text) in row.enumerated() {
                natural[column] = max(natural[column], naturalWidth(text, .cell))
            }
        }
        return ColumnWidths.fitting(natural, into: PageGeometry.textWidth)
    }

    private func naturalWidth(_ text: String, _ style: TextStyle) -> Double {
        // A hair more than measured, or rounding would break the line.
        TextLines(text, style, width: nil, fonts: fonts).width + 2 * PageGeometry.padding + 0.5
    }

    private func cells(_ texts: [String], _ style: TextStyle, _ widths: [Double]) -> [RowCell] {
        zip(texts, widths).map { text, width in
            RowCell(
                TextLines(text, style, width: width - 2 * PageGeometry.padding, fonts: fonts)
            )
        }
    }

    private func height(of row: [RowCell]) -> Double {
        (row.map(\.height).max() ?? 0) + 2 * PageGeometry.padding
    }

    private mutating func draw(_ row: [RowCell], _ widths: [Double], shade: Double?) {
        let height = height(of: row)
        var x = PageGeometry.margin
        for (cell, width) in zip(row, widths) {
            if let canvas {
                if let shade {
                    canvas.fill(x: x, y: top, width: width, height: height, shade: shade)
                }
                canvas.frame(x: x, y: top, width: width, height: height)
                canvas.show(
                    cell.text,
                    cell.range,
                    x: x + PageGeometry.padding,
                    y: top + PageGeometry.padding
                )
            }
            x += width
        }
        top += height
    }
}

/// The part of a cell that is not drawn yet.
struct RowCell {
    let text: TextLines
    var range: Range<Int>

    init(_ text: TextLines) {
        self.text = text
        range = text.lines
    }

    var height: Double { text.height(of: range) }

    /// What has room in a row of this height.
    func piece(height: Double) -> RowCell {
        var piece = self
        piece.range = text.fitting(range, height: height - 2 * PageGeometry.padding)
        return piece
    }

    func without(_ piece: RowCell) -> RowCell {
        var rest = self
        rest.range = piece.range.upperBound..<range.upperBound
        return rest
    }
}

/// QR codes, with the same text beside them in letters.
extension PageComposer {
    /// Phones read 0.4 mm a module from paper; a copy of a copy needs more.
    private static let moduleMillimetres = 0.5
    private static let leastSideMillimetres = 27.0

    mutating func place(_ code: StatementDocument.QRCode) throws(RenderFailure) {
        let symbol = try QRSymbol(code.text)
        let side =
            max(Self.leastSideMillimetres, Double(symbol.side) * Self.moduleMillimetres)
            * PageGeometry.pointsPerMillimetre
        let quiet = side / Double(symbol.side) * Double(QRSymbol.quietModules)
        let outer = side + 2 * quiet
        let width = PageGeometry.textWidth - outer
        let caption = TextLines(code.caption, .body, width: width, fonts: fonts)
        let text = TextLines(code.text, .code, width: width, fonts: fonts)
        let captionHeight = caption.height(of: caption.lines)
        let height = max(
            outer,
            quiet + captionHeight + PageGeometry.padding + text.height(of: text.lines)
        )
        if height > room, !isAtTop { try newPage() }
        if let canvas {
            canvas.show(symbol, x: PageGeometry.margin + quiet, y: top + quiet, side: side)
            let x = PageGeometry.margin + outer
            canvas.show(caption, caption.lines, x: x, y: top + quiet)
            let below = top + quiet + captionHeight + PageGeometry.padding
            canvas.show(text, text.lines, x: x, y: below)
        }
        top += height
    }
}
