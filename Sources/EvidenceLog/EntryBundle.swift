/// The entries under one level-0 tile: each a big-endian 16-bit length and that many bytes.
/// Source: https://c2sp.org/tlog-tiles, "Log Entries".
public struct EntryBundle: Sendable, Equatable {
    /// What the 16-bit length can say.
    public static let longestEntry = 65_535

    public let coordinate: EntryBundleCoordinate
    /// As many as the coordinate is wide, in log order.
    public let entries: [ArraySlice<UInt8>]

    /// - Throws: ``EvidenceError`` with code `malformedEntryBundle`, naming the entry, when the
    ///   bytes hold fewer or more entries than the coordinate is wide.
    public init(
        _ coordinate: EntryBundleCoordinate,
        bytes: [UInt8]
    ) throws(EvidenceError) {
        self.coordinate = coordinate
        entries = try Self.ranges(coordinate, bytes: bytes).map { bytes[$0] }
    }

    /// Appends one entry in its form in a bundle.
    /// - Precondition: at most ``longestEntry`` bytes.
    public static func append(_ entry: [UInt8], to bytes: inout [UInt8]) {
        precondition(entry.count <= longestEntry, "an entry's length is written in 16 bits")
        bytes.append(UInt8(entry.count >> 8))
        bytes.append(UInt8(entry.count & 0xFF))
        bytes.append(contentsOf: entry)
    }

    /// Leaf hashes of the entries, without a copy of any.
    /// - Throws: as ``init(_:bytes:)``.
    static func leafHashes(
        _ coordinate: EntryBundleCoordinate,
        bytes: [UInt8]
    ) throws(EvidenceError) -> [TreeHash] {
        let ranges = try ranges(coordinate, bytes: bytes)
        return bytes.withUnsafeBytes { raw in
            ranges.map { TreeHash.leaf(ofRawBytes: UnsafeRawBufferPointer(rebasing: raw[$0])) }
        }
    }

    /// Where each entry stands in the bytes.
    private static func ranges(
        _ coordinate: EntryBundleCoordinate,
        bytes: [UInt8]
    ) throws(EvidenceError) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        ranges.reserveCapacity(coordinate.width)
        var offset = 0
        for place in 0..<coordinate.width {
            guard let entry = entry(in: bytes, at: offset) else {
                let index = coordinate.firstEntry + UInt64(place)
                throw EvidenceError(
                    .malformedEntryBundle,
                    at: coordinate.path,
                    "breaks off in entry \(index)"
                )
            }
            ranges.append(entry)
            offset = entry.upperBound
        }
        guard offset == bytes.count else {
            throw EvidenceError(
                .malformedEntryBundle,
                at: coordinate.path,
                "\(bytes.count - offset) bytes after its last entry"
            )
        }
        return ranges
    }

    private static func entry(in bytes: [UInt8], at offset: Int) -> Range<Int>? {
        guard bytes.count - offset >= 2 else { return nil }
        let length = Int(bytes[offset]) << 8 | Int(bytes[offset + 1])
        guard bytes.count - offset - 2 >= length else { return nil }
        return offset + 2..<offset + 2 + length
    }
}
