/// What stands for a code already sold, made by a ``LastingFingerprinting``: 128 bits of which the
/// 21 lowest of the high word are zero, as an audit keeps 107 of a code.
///
/// This folder knows what is already sold (已售) without holding a code: ``SoldIndex`` is a file of
/// sorted fingerprints, and the gateway's store keeps those of every delivery. A run that asks
/// either makes the fingerprints of its own stock in the same way, so that membership is a
/// comparison of words.
public struct SoldFingerprint: Sendable, Hashable, Comparable {
    public var high: UInt64
    public var low: UInt64

    /// The bits of ``high`` that are kept.
    public static let highMask = ~UInt64(0) << 21

    /// - Parameter high: its lowest bits are dropped.
    public init(high: UInt64, low: UInt64) {
        self.high = high & Self.highMask
        self.low = low
    }

    @inline(__always)
    public static func < (left: SoldFingerprint, right: SoldFingerprint) -> Bool {
        left.high < right.high || (left.high == right.high && left.low < right.low)
    }
}

/// What is known of a code that is no stock of its own any more.
public enum SoldOrigin: UInt8, Sendable, Comparable {
    /// It was handed over, or a history names it.
    case handedOver = 0
    /// It stands in a batch of stock that is registered with the gateway.
    case registered

    public static func < (left: SoldOrigin, right: SoldOrigin) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// A set of codes already sold that can be asked, never listed.
public protocol SoldFingerprintSource: Sendable {
    /// What a code of the set is.
    var origin: SoldOrigin { get }

    /// Those of `sought` that are in the set. Called from several tasks at a time.
    ///
    /// - Parameter sought: ascending, none twice; usually one partition of the stock.
    /// - Returns: ascending.
    /// - Throws: when the set cannot be read, or is not what was written.
    func sold(among sought: [SoldFingerprint]) throws -> [SoldFingerprint]
}

/// What an audit holds its stock against beside history files.
public struct SoldCodes: Sendable {
    /// How the sources' fingerprints are made, and so those of the whole run.
    public let fingerprinting: LastingFingerprinting
    public let sources: [any SoldFingerprintSource]

    /// - Parameter sources: all of them made with `fingerprinting`.
    public init(
        fingerprinting: LastingFingerprinting,
        sources: [any SoldFingerprintSource]
    ) {
        self.fingerprinting = fingerprinting
        self.sources = sources
    }

    /// Those of one partition's codes that any source knows.
    ///
    /// - Returns: words of ``SoldEntry``.
    func entries(among codes: EntryRuns<CodeEntry>, of partition: Int) throws -> [UInt32] {
        let sought = try SortedFingerprints(codes, of: partition).fingerprints
        guard !sought.isEmpty else { return [] }
        var words: [UInt32] = []
        for source in sources {
            let origin = source.origin
            for found in try source.sold(among: sought) {
                let start = words.count
                words += repeatElement(0, count: SoldEntry.words)
                words.withUnsafeMutableBufferPointer { buffer in
                    guard let base = buffer.baseAddress else { return }
                    SoldEntry.write(
                        Fingerprint(high: found.high, low: found.low),
                        origin,
                        to: base + start
                    )
                }
            }
        }
        return words
    }
}

/// The fingerprints of the entries of a partition, ascending, each once.
struct SortedFingerprints {
    private(set) var fingerprints: [SoldFingerprint] = []

    init<Entry: FingerprintEntry>(_ entries: EntryRuns<Entry>, of partition: Int) throws {
        // So many repeats wait before they are let fall: one code may be there a million times.
        var most = 1 << 16
        try entries.forEach { run in
            guard let base = run.baseAddress else { return }
            for index in stride(from: 0, to: run.count, by: Entry.words) {
                let fingerprint = Entry.fingerprint(of: base + index, in: partition)
                fingerprints.append(
                    SoldFingerprint(high: fingerprint.high, low: fingerprint.low)
                )
            }
            guard fingerprints.count > most else { return }
            sort()
            most = max(most, 2 * fingerprints.count)
        }
        sort()
    }

    private mutating func sort() {
        fingerprints.sort()
        var kept = 0
        for index in fingerprints.indices
        where kept == 0 || fingerprints[index] != fingerprints[kept &- 1] {
            fingerprints[kept] = fingerprints[index]
            kept &+= 1
        }
        fingerprints.removeLast(fingerprints.count - kept)
    }
}
