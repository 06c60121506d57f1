import CQREncode

/// A QR code (ISO/IEC 18004) with error correction level M: 15 % of it may be unreadable.
struct QRSymbol {
    /// A run of dark modules in one row.
    struct Run {
        let column: Int
        let row: Int
        let length: Int
    }

    /// Light modules that must surround it (ISO/IEC 18004 §6.3.8).
    static let quietModules = 4

    /// Modules a side, without the quiet zone.
    let side: Int
    let runs: [Run]

    init(_ text: String) throws(RenderFailure) {
        // Version 0 is the smallest that holds it; case matters in base64.
        guard let code = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1) else {
            throw .input("the text of a QR code does not fit into one")
        }
        defer { QRcode_free(code) }
        side = Int(code.pointee.width)
        runs = Self.runs(UnsafeBufferPointer(start: code.pointee.data, count: side * side), side)
    }

    private static func runs(_ modules: UnsafeBufferPointer<UInt8>, _ side: Int) -> [Run] {
        var runs: [Run] = []
        for row in 0..<side {
            var column = 0
            while column < side {
                let start = column
                // The lowest bit is the colour, 1 is dark.
                while column < side, modules[row * side + column] & 1 == 1 { column += 1 }
                if column > start {
                    runs.append(Run(column: start, row: row, length: column - start))
                }
                column += 1
            }
        }
        return runs
    }

    /// One module is one unit; the ground is white whatever page it stands on.
    var svg: [UInt8] {
        let quiet = Self.quietModules
        let size = side + 2 * quiet
        var path = ""
        for run in runs {
            path += "M\(run.column + quiet) \(run.row + quiet)h\(run.length)v1h-\(run.length)z"
        }
        let picture = """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(size) \(size)" \
            shape-rendering="crispEdges"><path fill="#fff" d="M0 0h\(size)v\(size)H0z"/>\
            <path d="\(path)"/></svg>

            """
        return Array(picture.utf8)
    }
}
