import WireFormat

extension BundleVerification {
    /// Remembers what an entry's opened fields say of other files.
    mutating func collectNames(of entry: BundledEntry) {
        for (number, exchange) in (entry.fields["transcripts"]?.arrayValue ?? []).enumerated() {
            let index = entry.index
            namedDigests[.request(index: index, number: number)] =
                exchange["request_sha256"]?.sha256
            namedDigests[.reply(index: index, number: number)] = exchange["reply_sha256"]?.sha256
        }
        for fields in [entry.fields] + entry.items.values {
            if let hash = fields["policy"]?["hash"]?.stringValue { namedPolicies.insert(hash) }
        }
    }

    /// Transcripts, attachments and policies against the digests that entries hold of them.
    mutating func checkContents() {
        var count = 0
        for path in bundle.paths {
            let expected: TreeHash?
            switch path {
            case .request, .reply: expected = namedDigests[path]
            case .attachment(let index, _): expected = attachmentDigest(index)
            case .policyText(let sha256):
                expected =
                    namedPolicies.contains(sha256)
                    ? JSONValue.string(sha256).sha256 : nil
            default: continue
            }
            guard let expected else {
                fail(path, EvidenceError(.unexpectedFile, "no opened field names it"))
                continue
            }
            guard TreeHash.plain(bundle[path] ?? []) == expected else {
                fail(path, EvidenceError(.fileDiffers, "is not what was logged"))
                continue
            }
            count += 1
        }
        report.checks.append(.contents(count: count))
    }

    private func attachmentDigest(_ index: UInt64) -> TreeHash? {
        report.entries.first { $0.index == index }?.fields["attachment"]?["sha256"]?.sha256
    }

    /// Each row of the timeline names an entry of the bundle, with its hash and its time.
    mutating func checkTimeline() {
        let path = BundlePath.statement(Self.timelinePath)
        guard let bytes = bundle[path] else { return missing(path) }
        let known = Dictionary(
            report.entries.map { entry in
                (entry.index, "\(entry.leaf.hash.base64),\(entry.leaf.time.rfc3339Seconds),")
            },
            uniquingKeysWith: { first, _ in first }
        )
        let rows = bytes.split(separator: StrictText.newline).dropFirst()
        for (number, row) in rows.enumerated() {
            let index = StrictText.decimal(row.prefix { $0 != UInt8(ascii: ",") })
            let rest = row.drop { $0 != UInt8(ascii: ",") }.dropFirst()
            guard let index, let start = known[index], rest.starts(with: start.utf8) else {
                return fail(
                    path,
                    EvidenceError(.fileDiffers, at: "row \(number + 1)", "is of no entry here")
                )
            }
        }
        guard rows.count == report.entries.count else {
            return fail(path, EvidenceError(.fileDiffers, "leaves entries out"))
        }
        report.checks.append(.timeline)
    }

    /// The rows begin `index,leaf_hash,time,`.
    static let timelinePath = "timeline.csv"

    /// Two signed heads of one size must have one root. Other sizes cannot be compared without
    /// the log's tiles, but for those that the bundle brings a path for.
    mutating func compareWithOlder(_ older: [(name: String, bytes: [UInt8])]) {
        guard !older.isEmpty else { return report.omit(.olderCheckpoints) }
        guard let head = head?.checkpoint else { return }
        for old in older {
            guard let checkpoint = report.openOlder(old, newer: head) else { continue }
            if checkpoint.size == head.size {
                report.compare(checkpoint, name: old.name, with: head, path: [])
            } else if let path = consistencyPath(from: checkpoint.size) {
                report.compare(checkpoint, name: old.name, with: head, path: path)
            } else {
                report.omit(.consistency(name: old.name))
            }
        }
    }

    func consistencyPath(from size: UInt64) -> [TreeHash]? {
        bundle[.stamped(size: size, .consistency)].flatMap { try? Self.hashes($0, named: "path") }
    }
}

extension [JSONObject.Member] {
    subscript(name: String) -> JSONValue? { first { $0.name == name }?.value }
}

extension JSONValue {
    /// A SHA-256 in hexadecimal.
    fileprivate var sha256: TreeHash? {
        stringValue.flatMap { Hexadecimal.decode($0) }.flatMap { TreeHash(bytes: $0) }
    }
}
