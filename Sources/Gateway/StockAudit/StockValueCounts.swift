import WireFormat

/// Counts of what the codes are worth and how long they last.
struct StockValueCounts: Sendable {
    /// By ``StockShelfLife``, in its order.
    private var shelfLife = InlineArray<8, Int>(repeating: 0)
    private var reasons: [MalformedReason: Int] = [:]
    private var faceValues: [String: Int] = [:]
    private var hasTooManyFaceValues = false
    private var limits = InlineArray<6, UInt32>(repeating: 0)
    /// The face value of the code before, as written: most are the same.
    private var lastCell: [UInt8] = []
    private var lastCount = 0
    /// Names of cells as written, for files whose values take turns.
    private var names: [[UInt8]: String] = [:]

    init(asOf: CalendarDate) {
        for (index, days) in StockShelfLife.allCases.compactMap(\.daysBelow).enumerated() {
            limits[index] = PackedDate(asOf.adding(days: days)).number
        }
    }

    @inline(__always)
    mutating func count(expiresOn date: PackedDate?) {
        guard let date else {
            shelfLife[StockShelfLife.unknown.rawValue] &+= 1
            return
        }
        // The buckets are in order: a code belongs behind as many limits as its day reaches.
        var bucket = 0
        for index in limits.indices { bucket &+= date.number < limits[index] ? 0 : 1 }
        shelfLife[bucket] &+= 1
    }

    @inline(never)
    mutating func count(_ reason: MalformedReason) { reasons[reason, default: 0] += 1 }

    @inline(__always)
    mutating func count(faceValue cell: UnsafeBufferPointer<UInt8>) {
        if cell.elementsEqual(lastCell) {
            lastCount &+= 1
        } else {
            settle()
            lastCell = Array(cell)
            lastCount = 1
        }
    }

    private mutating func settle() {
        let name = name(of: lastCell)
        let count = lastCount
        lastCount = 0
        guard count > 0, !name.isEmpty, !hasTooManyFaceValues else { return }
        faceValues[name, default: 0] += count
        if faceValues.count > StockAuditLimits.faceValues {
            hasTooManyFaceValues = true
            faceValues = [:]
        }
    }

    private mutating func name(of cell: [UInt8]) -> String {
        if let name = names[cell] { return name }
        let name = FaceValueText(String(decoding: cell.prefix(64), as: UTF8.self)).name
        if names.count > StockAuditLimits.faceValues { names = [:] }
        names[cell] = name
        return name
    }

    /// Adds what another worker counted.
    mutating func add(_ other: StockValueCounts) {
        var other = other
        other.settle()
        settle()
        for index in shelfLife.indices { shelfLife[index] += other.shelfLife[index] }
        reasons.merge(other.reasons, uniquingKeysWith: +)
        faceValues.merge(other.faceValues, uniquingKeysWith: +)
        hasTooManyFaceValues =
            hasTooManyFaceValues || other.hasTooManyFaceValues
            || faceValues.count > StockAuditLimits.faceValues
    }

    /// Writes the counts into a breakdown.
    func fill(_ breakdown: inout StockBreakdown) {
        for life in StockShelfLife.allCases where shelfLife[life.rawValue] > 0 {
            breakdown.shelfLife[life] = shelfLife[life.rawValue]
        }
        breakdown.reasons = reasons
        breakdown.hasTooManyFaceValues = hasTooManyFaceValues
        breakdown.faceValues = hasTooManyFaceValues ? [:] : faceValues
    }
}
