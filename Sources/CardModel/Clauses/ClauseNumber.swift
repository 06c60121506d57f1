/// Lengths of time as clauses write them: 15天, 十分钟, 半小时, 3个工作日.
enum ClauseNumber {
    /// A complaint must not have to be made sooner than this after the hand-over.
    static let shortestFairPeriodSeconds = 72 * 3600

    struct Period {
        var seconds: Int
        /// How many characters it takes.
        var length: Int
    }

    static let digits: [UInt32: Int] = table([
        ("零", 0), ("〇", 0), ("一", 1), ("壹", 1), ("二", 2), ("两", 2), ("三", 3), ("四", 4), ("五", 5),
        ("六", 6), ("七", 7), ("八", 8), ("九", 9),
    ])

    /// Units with their length in seconds, longer spellings first.
    private static let units: [([UInt32], Int)] = [
        ("个工作日", 86_400), ("工作日", 86_400), ("个自然日", 86_400), ("自然日", 86_400),
        ("个小时", 3600), ("个钟头", 3600), ("小时", 3600), ("钟头", 3600), ("分钟", 60), ("个钟", 3600),
        ("刻钟", 900), ("秒钟", 1), ("星期", 604_800), ("个星期", 604_800), ("礼拜", 604_800),
        ("个礼拜", 604_800), ("个月", 2_592_000), ("分内", 60), ("秒", 1), ("天", 86_400),
        ("日", 86_400), ("周", 604_800), ("月", 2_592_000), ("年", 31_536_000), ("h", 3600),
        ("min", 60),
    ].map { (Array($0.0.unicodeScalars.map(\.value)), $0.1) }

    private static let (ten, hundred, half) = (UInt32(0x5341), UInt32(0x767E), UInt32(0x534A))
    /// More digits than this are no length of time.
    private static let mostDigits = 5

    /// The length of time that begins at `start`, if one does.
    static func period(in symbols: [ClauseSymbol], at start: Int) -> Period? {
        let ordinal = UInt32(0x7B2C)
        if start > 0, symbols[start - 1].scalar == ordinal { return nil }
        var index = start
        var (value, hasNumber) = (0.0, false)
        if symbols[index].scalar == half {
            (value, hasNumber, index) = (0.5, true, index + 1)
        } else if symbols[index].isDigit {
            (value, index) = decimal(in: symbols, at: start)
            hasNumber = index - start <= mostDigits
        } else {
            (value, index) = numeral(in: symbols, at: start)
            hasNumber = index > start
        }
        guard hasNumber, index < symbols.count else { return nil }
        if symbols[index].scalar == half { (value, index) = (value + 0.5, index + 1) }
        for (unit, seconds) in units where matches(unit, symbols, at: index) {
            let end = index + unit.count
            if isDate(symbols, from: start, to: end, unit: unit) { return nil }
            return Period(seconds: Int(value * Double(seconds)), length: end - start)
        }
        return nil
    }

    /// 5月1日 and 2027年 are dates, not lengths.
    private static func isDate(
        _ symbols: [ClauseSymbol],
        from start: Int,
        to end: Int,
        unit: [UInt32]
    ) -> Bool {
        let (month, day) = (UInt32(0x6708), UInt32(0x65E5))
        if unit == [day], start > 0, symbols[start - 1].scalar == month { return true }
        if unit == [month], end < symbols.count, symbols[end].isDigit { return true }
        return false
    }

    private static func decimal(in symbols: [ClauseSymbol], at start: Int) -> (Double, Int) {
        var (value, place, index) = (0.0, 0.0, start)
        while index < symbols.count {
            let scalar = symbols[index].scalar
            if symbols[index].isDigit {
                let digit = Double(scalar - 0x30)
                if place == 0 {
                    value = min(value * 10 + digit, 1e6)
                } else {
                    value += digit * place
                    place /= 10
                }
            } else if scalar == 0x2E, place == 0 {
                place = 0.1
            } else {
                break
            }
            index += 1
        }
        return (value, index)
    }

    /// 一 to 九百九十九.
    private static func numeral(in symbols: [ClauseSymbol], at start: Int) -> (Double, Int) {
        var (total, pending, index) = (0, Int?.none, start)
        while index < symbols.count, index - start < mostDigits {
            let scalar = symbols[index].scalar
            if let digit = digits[scalar] {
                pending = pending.map { $0 * 10 + digit } ?? digit
            } else if scalar == ten {
                total += (pending ?? 1) * 10
                pending = 0
            } else if scalar == hundred {
                total += (pending ?? 1) * 100
                pending = 0
            } else {
                break
            }
            index += 1
        }
        return (Double(total + (pending ?? 0)), index)
    }

    private static func matches(_ unit: [UInt32], _ symbols: [ClauseSymbol], at start: Int) -> Bool
    {
        guard start + unit.count <= symbols.count else { return false }
        return unit.indices.allSatisfy { symbols[start + $0].scalar == unit[$0] }
    }

    private static func table(_ entries: [(String, Int)]) -> [UInt32: Int] {
        var table: [UInt32: Int] = [:]
        for (text, value) in entries {
            for scalar in text.unicodeScalars { table[scalar.value] = value }
        }
        return table
    }
}
