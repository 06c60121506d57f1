import Testing

@testable import Gateway

@Suite("The arena of fingerprints") struct SlabArenaTests {
    private static let regionBytes = 1 << 20
    private static let slabsOfRegion = regionBytes / 4_096

    @Test("slabs are pages of their own, and writable to the end")
    func slabs() {
        let arena = SlabArena(budget: ArenaBudget(mostBytes: 8 << 20, arenas: 1))
        var addresses: Set<UInt> = []
        for number in 0..<2 * Self.slabsOfRegion {
            let slab = arena.take()
            #expect(UInt(bitPattern: slab) % 4_096 == 0)
            addresses.insert(UInt(bitPattern: slab))
            slab[0] = UInt32(number)
            slab[1_023] = UInt32(number)
        }
        #expect(addresses.count == 2 * Self.slabsOfRegion)
    }

    @Test("an arena in use is over budget when all together are, and no more once it was reset")
    func budget() {
        let budget = ArenaBudget(mostBytes: 8 << 20, arenas: 2)
        let (busy, idle) = (SlabArena(budget: budget), SlabArena(budget: budget))
        _ = idle.take()
        for round in 1...3 {
            while !budget.isExceeded { _ = busy.take() }
            #expect(busy.isOverBudget, "round \(round)")
            #expect(!idle.isOverBudget, "round \(round)")
            busy.reset()
            #expect(!budget.isExceeded && !busy.isOverBudget, "round \(round)")
        }
    }

    @Test("what an arena keeps is its share, and the rest is the others'")
    func share() {
        let budget = ArenaBudget(mostBytes: 8 << 20, arenas: 2)
        let (first, second) = (SlabArena(budget: budget), SlabArena(budget: budget))
        while !budget.isExceeded { _ = first.take() }
        first.reset()
        // Two of its regions stay mapped: six are left.
        var regions = 0
        while !budget.isExceeded {
            for _ in 0..<Self.slabsOfRegion { _ = second.take() }
            regions += 1
        }
        #expect(regions == 7)
        // The kept regions are handed out again before another is mapped.
        for _ in 0..<2 * Self.slabsOfRegion { _ = first.take() }
        second.reset()
        #expect(!budget.isExceeded)
    }
}
