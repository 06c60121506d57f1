/// Files in a zip of one canonical form: stored, in the order of their paths, without times,
/// extra fields or comments.
///
/// The same files always give the same bytes, and bytes that differ anywhere, also in what other
/// readers ignore, are not the archive of these files. So one comparison covers the container.
/// Source: PKWARE APPNOTE 6.3; docs/evidence-bundle.md, "Container".
public struct CanonicalArchive: Sendable, Equatable {
    /// Files of one archive: zip counts them in 16 bits, and a delivery of a thousand codes has
    /// some ten thousand.
    public static let largestFileCount = 65_000
    /// Bytes of an archive, well below the 4 GiB at which zip needs another format.
    public static let largestByteCount = 512 << 20
    /// Bytes of a path.
    public static let longestPath = 255

    public struct File: Sendable, Equatable {
        /// Relative, with slashes.
        public let path: String
        public let bytes: [UInt8]

        public init(path: String, bytes: [UInt8]) {
            self.path = path
            self.bytes = bytes
        }
    }

    /// In ascending order of the paths' bytes.
    public let files: [File]

    /// - Throws: ``EvidenceError`` with code `malformedBundle` for a path that occurs twice or
    ///   is of other symbols than the format allows, `limitExceeded` for too many files or bytes.
    public init(_ files: [File]) throws(EvidenceError) {
        self.files = files.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
        guard files.count <= Self.largestFileCount else {
            throw EvidenceError(.limitExceeded, "more than \(Self.largestFileCount) files")
        }
        guard files.reduce(0, { $0 + $1.bytes.count }) <= Self.largestByteCount else {
            throw EvidenceError(.limitExceeded, "more than \(Self.largestByteCount) bytes")
        }
        for (file, next) in zip(self.files, self.files.dropFirst())
        where file.path.hasSameBytes(as: next.path) {
            throw EvidenceError(.malformedBundle, at: file.path, "occurs twice")
        }
        for file in files where !Self.isPath(file.path) {
            throw EvidenceError(.malformedBundle, at: file.path, "is no relative path")
        }
    }

    /// The bytes of the zip.
    public var serialized: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(
            files.reduce(22) { $0 + $1.bytes.count + 2 * $1.path.utf8.count + 76 })
        var directory: [UInt8] = []
        for file in files {
            let header = Record(file)
            header.appendCentral(offset: UInt32(bytes.count), to: &directory)
            header.appendLocal(to: &bytes)
            bytes.append(contentsOf: file.bytes)
        }
        let offset = bytes.count
        bytes.append(contentsOf: directory)
        bytes.append(littleEndian: Signature.end)
        bytes.append(littleEndian: UInt32(0))
        bytes.append(littleEndian: UInt16(files.count))
        bytes.append(littleEndian: UInt16(files.count))
        bytes.append(littleEndian: UInt32(directory.count))
        bytes.append(littleEndian: UInt32(offset))
        bytes.append(littleEndian: UInt16(0))
        return bytes
    }

    /// What people read first is named in their language.
    private static let namedInChinese: Set<String> = ["00-说明.html", "00-说明.pdf"]

    /// Names that no shell, no file system and no reader takes for something else.
    static func isPath(_ path: String) -> Bool {
        guard (1...longestPath).contains(path.utf8.count) else { return false }
        if namedInChinese.contains(path) { return true }
        return path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .allSatisfy { part in
                part.first.map { $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: "-") } ?? false
                    && part.allSatisfy { isPathSymbol($0) }
            }
    }

    static func isPathSymbol(_ symbol: UInt8) -> Bool {
        switch symbol {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "-"):
            true
        default: false
        }
    }

    enum Signature {
        static let local: UInt32 = 0x0403_4B50
        static let central: UInt32 = 0x0201_4B50
        static let end: UInt32 = 0x0605_4B50
    }

    /// What the two headers of a file say of it.
    private struct Record {
        let name: [UInt8]
        let byteCount: UInt32
        let checksum: UInt32

        init(_ file: File) {
            name = Array(file.path.utf8)
            byteCount = UInt32(file.bytes.count)
            checksum = CyclicRedundancy.checksum(file.bytes)
        }

        func appendLocal(to bytes: inout [UInt8]) {
            bytes.append(littleEndian: Signature.local)
            appendCommon(to: &bytes)
            bytes.append(contentsOf: name)
        }

        func appendCentral(offset: UInt32, to bytes: inout [UInt8]) {
            bytes.append(littleEndian: Signature.central)
            // Made by version 2.0 on Unix, so that readers look at the mode below.
            bytes.append(littleEndian: UInt16(0x0314))
            appendCommon(to: &bytes)
            // No comment, disk 0, no internal attributes; mode 0644 of a regular file.
            bytes.append(contentsOf: [UInt8](repeating: 0, count: 6))
            bytes.append(littleEndian: UInt32(0x81A4_0000))
            bytes.append(littleEndian: offset)
            bytes.append(contentsOf: name)
        }

        /// From the version needed to the length of the extra field.
        private func appendCommon(to bytes: inout [UInt8]) {
            bytes.append(littleEndian: UInt16(10))
            // The path is UTF-8.
            bytes.append(littleEndian: UInt16(0x0800))
            bytes.append(littleEndian: UInt16(0))
            bytes.append(littleEndian: UInt16(0))
            // 1980-01-01, the first day that zip can write.
            bytes.append(littleEndian: UInt16(0x0021))
            bytes.append(littleEndian: checksum)
            bytes.append(littleEndian: byteCount)
            bytes.append(littleEndian: byteCount)
            bytes.append(littleEndian: UInt16(name.count))
            bytes.append(littleEndian: UInt16(0))
        }
    }
}

extension [UInt8] {
    fileprivate mutating func append(littleEndian value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }
}
