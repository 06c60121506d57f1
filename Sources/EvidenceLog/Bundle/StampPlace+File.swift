/// A stamp's place as a bundle carries it: the index, the count, then a base64 hash a line.
extension StampPlace {
    /// - Throws: ``EvidenceError``: `malformedTimeStamp` or `malformedProof`, naming the line.
    init(bytes: [UInt8]) throws(EvidenceError) {
        guard let lines = StrictText.lines(bytes[...]), lines.count >= 2,
            let index = StrictText.decimal(lines[0]), let count = StrictText.decimal(lines[1])
        else {
            throw EvidenceError(.malformedTimeStamp, at: "line 1", "not an index and a count")
        }
        let hashes = lines.dropFirst(2).flatMap { Array($0) + [StrictText.newline] }
        self.init(
            index: index,
            count: count,
            path: try BundleVerification.hashes(hashes, named: "line 3")
        )
    }

    /// The bytes of the file.
    public var serialized: [UInt8] {
        Array("\(index)\n\(count)\n".utf8) + path.flatMap { Array("\($0.base64)\n".utf8) }
    }
}
