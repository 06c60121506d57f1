/// A set of concepts, as bits: there are more concepts than one machine integer holds.
struct ConceptSet: Sendable, Hashable, ExpressibleByArrayLiteral {
    private var low: UInt128 = 0
    private var high: UInt128 = 0

    /// How many concepts there can be.
    static let capacity = 2 * UInt128.bitWidth

    init(arrayLiteral concepts: ClauseConcept...) {
        for concept in concepts { insert(concept) }
    }

    var isEmpty: Bool { low == 0 && high == 0 }

    func contains(_ concept: ClauseConcept) -> Bool {
        meets([concept])
    }

    /// Whether the sets have a concept in common.
    func meets(_ other: ConceptSet) -> Bool {
        low & other.low != 0 || high & other.high != 0
    }

    func isSubset(of other: ConceptSet) -> Bool {
        low & ~other.low == 0 && high & ~other.high == 0
    }

    mutating func insert(_ concept: ClauseConcept) {
        let bit = concept.rawValue
        if bit < UInt128.bitWidth {
            low |= 1 << UInt128(bit)
        } else {
            high |= 1 << UInt128(bit - UInt128.bitWidth)
        }
    }

    mutating func formUnion(_ other: ConceptSet) {
        low |= other.low
        high |= other.high
    }

    func union(_ other: ConceptSet) -> ConceptSet {
        var union = self
        union.formUnion(other)
        return union
    }

    mutating func subtract(_ other: ConceptSet) {
        low &= ~other.low
        high &= ~other.high
    }

    func subtracting(_ other: ConceptSet) -> ConceptSet {
        var rest = self
        rest.subtract(other)
        return rest
    }
}
