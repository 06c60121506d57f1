extension CanonicalArchive {
    /// The first bytes of every archive that holds a file.
    public static let magic: [UInt8] = [0x50, 0x4B, 0x03, 0x04]

    /// Reads an archive in its canonical form.
    ///
    /// Walks the local headers from the front, which the canonical form allows: nothing lies
    /// between them. Then everything is written again and compared.
    /// - Throws: ``EvidenceError`` with code `malformedBundle` or `limitExceeded`, naming the file
    ///   or the part of the container that differs.
    public init(bytes: [UInt8]) throws(EvidenceError) {
        guard bytes.count <= Self.largestByteCount else {
            throw EvidenceError(.limitExceeded, "longer than \(Self.largestByteCount) bytes")
        }
        var reader = HeaderReader(bytes: bytes)
        var files: [File] = []
        while let file = try reader.nextFile() {
            files.append(file)
            guard files.count <= Self.largestFileCount else {
                throw EvidenceError(.limitExceeded, "more than \(Self.largestFileCount) files")
            }
        }
        try self.init(files)
        guard self.files == files else {
            throw EvidenceError(.malformedBundle, at: "container", "its files are not in order")
        }
        try requireSame(bytes)
    }

    private func requireSame(_ bytes: [UInt8]) throws(EvidenceError) {
        let canonical = serialized
        guard canonical != bytes else { return }
        let first =
            zip(canonical, bytes).enumerated().first { $0.element.0 != $0.element.1 }?.offset
            ?? min(canonical.count, bytes.count)
        throw EvidenceError(.malformedBundle, at: place(of: first), "is not as it was written")
    }

    /// What lies at an offset of the canonical bytes.
    private func place(of offset: Int) -> String {
        var end = 0
        for file in files {
            let header = 30 + file.path.utf8.count
            if offset < end + header { return "container, header of \(file.path)" }
            end += header + file.bytes.count
            if offset < end { return file.path }
        }
        return "container, directory"
    }

    private struct HeaderReader {
        let bytes: [UInt8]
        private var offset = 0

        init(bytes: [UInt8]) { self.bytes = bytes }

        /// The file at the next local header; nil where none begins.
        mutating func nextFile() throws(EvidenceError) -> File? {
            guard number(at: offset, bytes: 4) == UInt64(Signature.local) else { return nil }
            guard let size = number(at: offset + 22, bytes: 4),
                let nameLength = number(at: offset + 26, bytes: 2)
            else { throw Self.cut }
            let nameStart = offset + 30
            let start = nameStart + Int(nameLength)
            let end = start + Int(size)
            guard end <= bytes.count else { throw Self.cut }
            guard let path = StrictText.text(bytes[nameStart..<start]) else {
                throw EvidenceError(.malformedBundle, at: "container", "a path is not UTF-8")
            }
            offset = end
            return File(path: path, bytes: Array(bytes[start..<end]))
        }

        private func number(at start: Int, bytes count: Int) -> UInt64? {
            guard start + count <= bytes.count else { return nil }
            return (0..<count).reduce(0) { $0 | UInt64(bytes[start + $1]) << UInt64(8 * $1) }
        }

        private static let cut = EvidenceError(
            .malformedBundle,
            at: "container",
            "a file reaches beyond the end"
        )
    }
}
