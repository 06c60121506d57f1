/// What one grammar makes of the sample.
struct StockTrial {
    let grammar: StockGrammar
    let headerLine: UInt64?
    /// Records that are neither blank nor the header.
    private(set) var sampleLines = 0
    /// Of these, comments.
    private(set) var commentLines = 0
    /// Lines that fit and name a day.
    private(set) var datedLines = 0
    private var samples: [StockSampleLine] = []
    /// By line: the code it gives, normalised, only to compare readings.
    private var codes: [UInt64: [UInt8]] = [:]

    init(grammar: StockGrammar, headerLine: UInt64?) {
        self.grammar = grammar
        self.headerLine = headerLine
    }

    var fittingLines: Int { codes.count }

    mutating func add(line: UInt64, _ outcome: RecordParser.Outcome) {
        switch outcome {
        case .blank: break
        case .malformed(let malformation), .undivided(let malformation):
            sampleLines += 1
            if malformation.reason == .commentLine { commentLines += 1 }
        case .code(let code):
            sampleLines += 1
            if code.expiresOn != nil { datedLines += 1 }
            codes[line] = Array(code.serial) + [0xff] + Array(code.key)
            guard samples.count < StockSample.shownLines else { return }
            samples.append(
                StockSampleLine(
                    line: line,
                    serial: code.serial.isEmpty ? nil : StockFieldShape(code.serial),
                    key: StockFieldShape(code.key),
                    expiresOn: code.expiresOn?.iso8601
                )
            )
        }
    }

    /// Whether `rival` gives other codes for so many of the lines that neither reading is the
    /// plain one: it fits at least half of this trial's lines differently, or as many lines as
    /// this trial where the two share none.
    func isContested(by rival: StockTrial) -> Bool {
        let different = codes.count { line, code in
            guard let other = rival.codes[line] else { return false }
            return other != code
        }
        let isOverlapping = Double(different) >= StockSample.rivalShare * Double(fittingLines)
        let shared = codes.keys.count { rival.codes[$0] != nil }
        return isOverlapping || (rival.fittingLines == fittingLines && shared == 0)
    }

    var reading: StockReading {
        StockReading(
            grammar: grammar,
            headerLine: headerLine,
            samples: samples,
            fittingLines: fittingLines,
            sampleLines: sampleLines
        )
    }
}
