public import CardModel

/// The bytes of an index, wherever they are.
public protocol SoldIndexBytes: Sendable {
    var byteCount: Int { get }

    /// Reads into `buffer` from `offset`, from several tasks at a time.
    /// - Returns: bytes read; fewer than asked for only at the end of the file.
    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int
}

/// Fingerprints of codes already sold, sorted, in a file.
///
/// The directory stays in memory, 24 bytes for 4,096 codes: 600 KB for a hundred million. Blocks
/// are read when a fingerprint falls between their bounds, each is authenticated when it is met,
/// and none is kept. Reading and not mapping: a file that is cut under a mapping ends the process.
public struct SoldIndex: SoldFingerprintSource {
    public let origin = SoldOrigin.handedOver
    /// As shown in messages.
    public let name: String
    /// Codes in the file.
    public var count: Int { header.count }

    let header: SoldIndexHeader
    private let bytes: any SoldIndexBytes
    private let key: SipHashKey
    private let directory: [Block]

    private struct Block {
        let first: SoldFingerprint
        let authenticator: UInt64
    }

    /// Opens an index.
    ///
    /// - Parameters:
    ///   - fingerprinting: how the caller makes fingerprints; the file's must be the same.
    ///   - format: the caller's card format; the file's normal form must be the same.
    /// - Throws: ``SoldIndexFailure`` when the file is not this index, or not whole.
    public init(
        _ bytes: any SoldIndexBytes,
        name: String,
        fingerprinting: LastingFingerprinting,
        format: CardFormat?
    ) throws {
        self.bytes = bytes
        self.name = name
        key = fingerprinting.blockKey
        let head = try Self.read(bytes, at: 0, count: SoldIndexFormat.headerBytes)
        do {
            header = try SoldIndexHeader(head, for: fingerprinting)
            let wanted = LastingFingerprinting.normalForm(of: format)
            guard header.normalForm == wanted else {
                throw SoldIndexError.otherNormalForm(found: header.normalForm, wanted: wanted)
            }
            guard header.issuer == fingerprinting.issuer else {
                throw SoldIndexError.otherIssuer(
                    found: header.issuer,
                    wanted: fingerprinting.issuer
                )
            }
            directory = try Self.directory(of: bytes, header, key: key)
        } catch let error as SoldIndexError {
            throw SoldIndexFailure(name: name, reason: error)
        }
    }

    private static func read(
        _ bytes: any SoldIndexBytes,
        at offset: Int,
        count: Int
    ) throws -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: count)
        let found = try buffer.withUnsafeMutableBytes { try bytes.read(at: offset, into: $0) }
        buffer.removeLast(count - found)
        return buffer
    }

    private static func directory(
        of bytes: any SoldIndexBytes,
        _ header: SoldIndexHeader,
        key: SipHashKey
    ) throws -> [Block] {
        let total = SoldIndexFormat.fileBytes(of: header.count)
        guard bytes.byteCount >= total else { throw SoldIndexError.truncated }
        guard bytes.byteCount == total else { throw SoldIndexError.damaged(offset: total) }
        let length =
            SoldIndexFormat.blockCount(of: header.count) * SoldIndexFormat.directoryEntryBytes
        let start = total - length
        let words = try read(bytes, at: start, count: length)
        guard words.count == length else { throw SoldIndexError.truncated }
        let authenticator = words.withUnsafeBytes {
            SoldIndexFormat.authenticator(of: $0, number: SoldIndexFormat.directoryNumber, key: key)
        }
        guard authenticator == header.directory else {
            throw SoldIndexError.damaged(offset: start)
        }
        return stride(from: 0, to: length, by: SoldIndexFormat.directoryEntryBytes).map {
            Block(
                first: SoldFingerprint(high: words.word64(at: $0), low: words.word64(at: $0 + 8)),
                authenticator: words.word64(at: $0 + 16)
            )
        }
    }

    public func sold(among sought: [SoldFingerprint]) throws -> [SoldFingerprint] {
        var found: [SoldFingerprint] = []
        var next = 0
        var block = -1
        while next < sought.count {
            block = lastBlock(notAfter: sought[next], from: block)
            guard block >= 0 else {
                next += 1
                continue
            }
            let end = block + 1 < directory.count ? directory[block + 1].first : nil
            let words = try words(ofBlock: block)
            var place = 0
            while next < sought.count, end.map({ sought[next] < $0 }) ?? true {
                place = words.place(of: sought[next], from: place)
                if words.holds(sought[next], at: place) { found.append(sought[next]) }
                next += 1
            }
        }
        return found
    }

    /// Every fingerprint whose high word lies in `range`, ascending.
    func fingerprints(in range: ClosedRange<UInt64>) throws -> [SoldFingerprint] {
        var found: [SoldFingerprint] = []
        let least = SoldFingerprint(high: range.lowerBound, low: 0)
        var block = max(0, lastBlock(notAfter: least, from: -1))
        while block < directory.count, directory[block].first.high <= range.upperBound {
            for fingerprint in try words(ofBlock: block).all
            where range.contains(fingerprint.high) { found.append(fingerprint) }
            block += 1
        }
        return found
    }

    /// The block in which `fingerprint` stands if it is there at all; -1 before the first.
    private func lastBlock(notAfter fingerprint: SoldFingerprint, from start: Int) -> Int {
        var low = max(start, 0)
        var high = directory.count
        while low < high {
            let middle = (low + high) / 2
            if fingerprint < directory[middle].first { high = middle } else { low = middle + 1 }
        }
        return low - 1
    }

    private func words(ofBlock number: Int) throws -> SortedBlock {
        let first = number * SoldIndexFormat.blockFingerprints
        let count = min(SoldIndexFormat.blockFingerprints, header.count - first)
        let offset = SoldIndexFormat.headerBytes + first * SoldIndexFormat.fingerprintBytes
        let content = try Self.read(
            bytes,
            at: offset,
            count: count * SoldIndexFormat.fingerprintBytes
        )
        guard content.count == count * SoldIndexFormat.fingerprintBytes else {
            throw SoldIndexFailure(name: name, reason: .truncated)
        }
        let authenticator = content.withUnsafeBytes {
            SoldIndexFormat.authenticator(of: $0, number: UInt64(number), key: key)
        }
        guard authenticator.high == directory[number].authenticator else {
            throw SoldIndexFailure(name: name, reason: .damaged(offset: offset))
        }
        return SortedBlock(bytes: content)
    }
}

/// The fingerprints of one block.
private struct SortedBlock {
    let bytes: [UInt8]

    var count: Int { bytes.count / SoldIndexFormat.fingerprintBytes }

    var all: [SoldFingerprint] { (0..<count).map { self[$0] } }

    subscript(index: Int) -> SoldFingerprint {
        SoldFingerprint(
            high: bytes.word64(at: index &* SoldIndexFormat.fingerprintBytes),
            low: bytes.word64(at: index &* SoldIndexFormat.fingerprintBytes &+ 8)
        )
    }

    func holds(_ fingerprint: SoldFingerprint, at place: Int) -> Bool {
        place < count && self[place] == fingerprint
    }

    /// The first place from `start` on whose fingerprint is not less. Steps double, so that a
    /// dense stock walks and a sparse one leaps.
    func place(of fingerprint: SoldFingerprint, from start: Int) -> Int {
        var low = start
        var step = 1
        while low + step < count, self[low + step] < fingerprint {
            low += step
            step *= 2
        }
        var high = min(low + step, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < fingerprint { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
