/// Which hash tile of a log: 8 levels of the tree, kept as its lowest row of up to 256 hashes.
///
/// Hash i of tile (l, n) is the root over the leaves from `(256 n + i) * 256^l` on, `256^l` of
/// them. A tile narrower than 256 is a partial one, at the right edge of a tree of some size.
/// Source: https://c2sp.org/tlog-tiles.
public struct TileCoordinate: Sendable, Hashable {
    /// Levels of the tree that one tile spans.
    public static let height = 8
    /// Hashes of a full tile, and entries of a full entry bundle.
    public static let fullWidth = 256
    /// The highest level a path may name (c2sp.org/tlog-tiles). Our largest trees end at level 7,
    /// see ``CompactRange/largestSize``.
    public static let highestLevel = 63
    /// The last tile of a row as long as our largest tree.
    public static let largestIndex = CompactRange.largestSize / UInt64(fullWidth)

    public let level: Int
    public let index: UInt64
    /// 1…256; 256 is a full tile.
    public let width: Int

    /// - Precondition: `level` in 0…63, `index` at most ``largestIndex``, `width` in 1…256.
    public init(level: Int, index: UInt64, width: Int = TileCoordinate.fullWidth) {
        precondition((0...Self.highestLevel).contains(level))
        precondition(index <= Self.largestIndex && (1...Self.fullWidth).contains(width))
        self.level = level
        self.index = index
        self.width = width
    }

    /// The tile as a tree of `size` leaves needs it; nil when that tree has no hash in it.
    public init?(level: Int, index: UInt64, inTreeOf size: UInt64) {
        guard level * Self.height < UInt64.bitWidth, size <= CompactRange.largestSize else {
            return nil
        }
        let row = size >> UInt64(level * Self.height)
        guard index <= row / UInt64(Self.fullWidth) else { return nil }
        let width = min(row - index * UInt64(Self.fullWidth), UInt64(Self.fullWidth))
        guard width > 0 else { return nil }
        self.init(level: level, index: index, width: Int(width))
    }

    public var isFull: Bool { width == Self.fullWidth }

    /// `tile/0/x001/x234/067`, or `tile/1/000.p/17` for a partial tile.
    public var path: String { TilePath.hashes(self).path }
}

/// Which entry bundle of a log: the entries under the hashes of one level-0 tile.
public struct EntryBundleCoordinate: Sendable, Hashable {
    public let index: UInt64
    /// 1…256; 256 is a full bundle.
    public let width: Int

    /// - Precondition: `index` at most ``TileCoordinate/largestIndex``, `width` in 1…256.
    public init(index: UInt64, width: Int = TileCoordinate.fullWidth) {
        precondition(index <= TileCoordinate.largestIndex)
        precondition((1...TileCoordinate.fullWidth).contains(width))
        self.index = index
        self.width = width
    }

    /// The level-0 tile that holds the leaf hashes of these entries.
    public var tile: TileCoordinate { TileCoordinate(level: 0, index: index, width: width) }

    /// Index in the log of the first entry.
    public var firstEntry: UInt64 { index * UInt64(TileCoordinate.fullWidth) }

    /// `tile/entries/x001/000`, or `tile/entries/000.p/2`.
    public var path: String { TilePath.entries(self).path }
}

/// A file of the tile tree, as its path names it.
///
/// Printing and parsing are inverses on every path the format allows; every other text is
/// refused, so that no file has two names.
/// Source: https://c2sp.org/tlog-tiles, "Merkle Tree" and "Log Entries".
public enum TilePath: Sendable, Hashable {
    case hashes(TileCoordinate)
    case entries(EntryBundleCoordinate)

    /// Relative to the log's prefix, without a leading slash.
    public var path: String {
        switch self {
        case .hashes(let tile): "tile/\(tile.level)/" + Self.suffix(tile.index, tile.width)
        case .entries(let bundle): "tile/entries/" + Self.suffix(bundle.index, bundle.width)
        }
    }

    /// - Throws: ``EvidenceError`` with code `malformedTilePath`, naming the part.
    public init(path: String) throws(EvidenceError) {
        // 20 digits in 7 groups of "x000/", the prefix and the width fit well below.
        guard path.utf8.count <= Self.longestPath else {
            throw Self.malformed("path", "longer than \(Self.longestPath) bytes")
        }
        var parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard parts.count >= 3, parts.removeFirst().elementsEqual("tile".utf8) else {
            throw Self.malformed("path", "does not have the form tile/<level>/<index>")
        }
        let level = parts.removeFirst()
        let width = try Self.takeWidth(&parts)
        let index = try Self.index(parts)
        if level.elementsEqual("entries".utf8) {
            self = .entries(EntryBundleCoordinate(index: index, width: width))
        } else if let level = StrictText.decimal(level), level <= TileCoordinate.highestLevel {
            self = .hashes(TileCoordinate(level: Int(level), index: index, width: width))
        } else {
            throw Self.malformed("level", "neither `entries` nor 0 to 63 without leading zeros")
        }
    }

    private static let longestPath = 64

    private static func suffix(_ index: UInt64, _ width: Int) -> String {
        var groups = group(index % 1000)
        var rest = index / 1000
        while rest > 0 {
            groups = "x" + group(rest % 1000) + "/" + groups
            rest /= 1000
        }
        return width == TileCoordinate.fullWidth ? groups : "\(groups).p/\(width)"
    }

    private static func group(_ number: UInt64) -> String {
        let digits = String(number)
        return String(repeating: "0", count: 3 - digits.utf8.count) + digits
    }

    /// Removes `.p/<width>` from the end of the parts; 256 when there is none.
    private static func takeWidth(_ parts: inout [Substring.UTF8View]) throws(EvidenceError) -> Int
    {
        guard parts.count >= 2, parts[parts.count - 2].suffix(2).elementsEqual(".p".utf8) else {
            return TileCoordinate.fullWidth
        }
        let symbols = parts.removeLast()
        guard let width = StrictText.decimal(symbols),
            (1..<UInt64(TileCoordinate.fullWidth)).contains(width)
        else { throw malformed("width", "not 1 to 255 without leading zeros") }
        parts[parts.count - 1] = parts[parts.count - 1].dropLast(2)
        return Int(width)
    }

    private static func index(_ parts: [Substring.UTF8View]) throws(EvidenceError) -> UInt64 {
        var index: UInt64 = 0
        for (place, part) in parts.enumerated() {
            let isLast = place == parts.count - 1
            let digits = isLast ? part : part.dropFirst()
            guard isLast || part.first == UInt8(ascii: "x"), digits.count == 3,
                digits.allSatisfy({ (0x30...0x39).contains($0) })
            else {
                throw malformed("index", "not groups of three digits, all but the last after x")
            }
            let group = digits.reduce(UInt64(0)) { $0 * 10 + UInt64($1 - 0x30) }
            let (shifted, overflow) = index.multipliedReportingOverflow(by: 1000)
            guard !overflow, shifted <= TileCoordinate.largestIndex - group else {
                throw malformed("index", "beyond the largest tree")
            }
            guard place > 0 || isLast || group > 0 else {
                throw malformed("index", "a leading group of zeros")
            }
            index = shifted + group
        }
        return index
    }

    private static func malformed(_ location: String, _ detail: String) -> EvidenceError {
        EvidenceError(.malformedTilePath, at: location, detail)
    }
}
