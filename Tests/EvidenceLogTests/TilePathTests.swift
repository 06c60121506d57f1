import EvidenceLog
import Testing

@Suite("Tile coordinates and paths")
struct TilePathTests {
    static let refused = [
        "", "tile", "tile/0", "tile/0/", "/tile/0/000", "tile/0/000/", "tile//000", "tiles/0/000",
        "tile/00/000", "tile/01/000", "tile/64/000", "tile/-1/000", "tile/+1/000", "tile/a/000",
        "tile/0/0", "tile/0/00", "tile/0/0000", "tile/0/x000", "tile/0/x000/000", "tile/0/000/000",
        "tile/0/x1/000", "tile/0/x001/0", "tile/0/X001/000", "tile/0/x001/x000", "tile/0/00a",
        "tile/0/x001/x234/67", "tile/0/000.p", "tile/0/000.p/", "tile/0/000.p/0",
        "tile/0/000.p/01", "tile/0/000.p/256", "tile/0/000.p/1/2", "tile/0/x001.p/1/000",
        "tile/0/x001/.p/1", "tile/entry/000", "tile/Entries/000", "tile/entries/", "tile/entries",
        "tile/8/0/000", "tile/0/000.P/1", "tile/0/ 00", "tile/0/٠٠٠", "tile/0/000\u{0}",
        "tile/0/x999/x999/x999/x999/x999/x999/999", "tile/0/x036/x028/x797/x018/x963/968",
    ]

    @Test("every other spelling of a path is refused", arguments: refused)
    func refusesOtherSpellings(path: String) {
        let error = #expect(throws: EvidenceError.self) { try TilePath(path: path) }
        #expect(error?.code == .malformedTilePath)
        #expect(error?.location.isEmpty == false)
    }

    @Test("printing and parsing are inverses")
    func roundTrip() throws {
        var generator = SeededGenerator(seed: 7)
        let edges: [UInt64] = [
            0, 1, 255, 256, 999, 1000, 999_999, 1_000_000, TileCoordinate.largestIndex,
        ]
        let indexes = edges + (0..<500).map { _ in generator.next() >> UInt64.random(in: 9...63) }
        for index in indexes {
            for width in [1, 9, 10, 99, 100, 255, 256] {
                let level = Int.random(in: 0...63, using: &generator)
                let tile = TileCoordinate(level: level, index: index, width: width)
                #expect(try TilePath(path: tile.path) == .hashes(tile), "\(tile.path), seed 7")
                let bundle = EntryBundleCoordinate(index: index, width: width)
                #expect(try TilePath(path: bundle.path) == .entries(bundle), "seed 7")
            }
        }
    }

    @Test("a log of 70,000 entries has 273 full tiles and .p/112, 1 and .p/17, .p/1")
    func exampleOfTheSpecification() {
        let paths = Set(LogFolder.exportPaths(size: 70_000))
        #expect(paths.count == 1 + 2 * 274 + 2 + 1)
        for path in [
            "checkpoint", "tile/0/000", "tile/0/272", "tile/0/273.p/112", "tile/entries/000",
            "tile/entries/272", "tile/entries/273.p/112", "tile/1/000", "tile/1/001.p/17",
            "tile/2/000.p/1",
        ] { #expect(paths.contains(path), "\(path)") }
    }

    @Test(
        "the right edge has no tile of width 0",
        arguments: [
            (0, ["checkpoint"]),
            (1, ["checkpoint", "tile/entries/000.p/1", "tile/0/000.p/1"]),
            (256, ["checkpoint", "tile/entries/000", "tile/0/000", "tile/1/000.p/1"]),
            (
                257,
                [
                    "checkpoint", "tile/entries/000", "tile/entries/001.p/1", "tile/0/000",
                    "tile/0/001.p/1", "tile/1/000.p/1",
                ]
            ),
        ] as [(UInt64, [String])]
    )
    func rightEdge(size: UInt64, paths: [String]) {
        #expect(LogFolder.exportPaths(size: size) == paths)
    }

    @Test("a file is needed exactly when it is among the paths of the size")
    func needed() {
        for size in [0, 1, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537] as [UInt64] {
            let all = Set(TilePath.all(inTreeOf: size))
            #expect(all.allSatisfy { $0.isNeeded(inTreeOf: size) && !$0.isNeeded(inTreeOf: .max) })
            for larger in [size + 1, size + 255, size + 70_000] {
                for path in TilePath.all(inTreeOf: larger) {
                    #expect(path.isNeeded(inTreeOf: size) == all.contains(path), "\(path.path)")
                }
            }
        }
    }
}
