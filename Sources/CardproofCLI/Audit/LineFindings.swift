import CardModel
import Gateway

/// What an audit found in one line.
struct LineFinding {
    var classes: [StockLineClass] = []
    /// What the issuer said, if it was asked about the line.
    var issuerState: VerdictState?
}

/// What an audit found, a word a finding, in the order of lines.
final class LineFindings {
    /// Bits of a word below the line: a ``StockDefectClass``, or this bit and the place of a state
    /// in ``VerdictState/allCases``.
    fileprivate static let lineShift: UInt64 = 16
    fileprivate static let stateBit: UInt64 = 1 << 8

    private var findings: [UInt64] = []

    /// A code about which the issuer decided nothing is not called unfit for it. Which codes stand
    /// in other stock, the gateway itself knows better.
    func append(_ defect: StockDefect) {
        guard !defect.isUndecided, defect.detail != StockDefect.registered else { return }
        findings.append(defect.line << Self.lineShift | UInt64(defect.defect.rawValue))
    }

    func append(_ answer: StockAnswer) {
        guard let place = VerdictState.allCases.firstIndex(of: answer.state) else { return }
        findings.append(answer.position.line << Self.lineShift | Self.stateBit | UInt64(place))
    }

    func makeReader() -> Reader { Reader(findings: findings) }

    /// Reads them in the order of lines.
    struct Reader {
        fileprivate let findings: [UInt64]
        private var next = 0

        fileprivate init(findings: [UInt64]) { self.findings = findings }

        /// What was found in a line; lines are asked for in their order.
        mutating func finding(ofLine line: Int) -> LineFinding {
            var finding = LineFinding()
            while next < findings.count, findings[next] >> LineFindings.lineShift <= UInt64(line) {
                if findings[next] >> LineFindings.lineShift == UInt64(line) {
                    finding.add(findings[next])
                }
                next += 1
            }
            return finding
        }
    }
}

extension LineFinding {
    fileprivate mutating func add(_ word: UInt64) {
        let value = UInt8(truncatingIfNeeded: word)
        if word & LineFindings.stateBit != 0 {
            issuerState = VerdictState.allCases[Int(value)]
        } else if let defect = StockDefectClass(rawValue: value),
            let word = StockLineClass(rawValue: defect.code)
        {
            classes.append(word)
        }
    }
}
