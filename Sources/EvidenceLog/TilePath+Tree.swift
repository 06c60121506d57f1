extension TilePath {
    /// Every tile and entry bundle that a tree of `size` leaves needs, each once: entry bundles
    /// first, then level by level from the leaves up, each in order. Lazy: a log of a milliard
    /// entries has eight million of them.
    public static func all(inTreeOf size: UInt64) -> some Sequence<TilePath> {
        let bundles = tiles(ofLevel: 0, inTreeOf: size).lazy.map {
            TilePath.entries(EntryBundleCoordinate(index: $0.index, width: $0.width))
        }
        let levels = (0..<UInt64.bitWidth / TileCoordinate.height).lazy.flatMap {
            tiles(ofLevel: $0, inTreeOf: size).lazy.map { TilePath.hashes($0) }
        }
        return [AnySequence(bundles), AnySequence(levels)].lazy.joined()
    }

    /// Whether a tree of exactly `size` leaves needs this file, at this width.
    public func isNeeded(inTreeOf size: UInt64) -> Bool {
        let tile =
            switch self {
            case .hashes(let tile): tile
            case .entries(let bundle): bundle.tile
            }
        return TileCoordinate(level: tile.level, index: tile.index, inTreeOf: size) == tile
    }

    private static func tiles(
        ofLevel level: Int,
        inTreeOf size: UInt64
    ) -> some Collection<TileCoordinate> {
        let row = size >> UInt64(level * TileCoordinate.height)
        let full = row / UInt64(TileCoordinate.fullWidth)
        let hasPartial = !row.isMultiple(of: UInt64(TileCoordinate.fullWidth))
        return (0..<full + (hasPartial ? 1 : 0)).lazy.compactMap {
            TileCoordinate(level: level, index: $0, inTreeOf: size)
        }
    }
}
