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
        namedAttachments[entry.index] = entry.fields["attachment"]?["sha256"]?.sha256
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
            case .attachment(let index, _): expected = namedAttachments[index]
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

    /// Each row of the timeline names an entry of the bundle, with its hash and its time. Its other
    /// words are for people and may hold anything but a zero byte, which a shell cannot read.
    mutating func checkTimeline() {
        let path = BundlePath.statement(Self.timelinePath)
        guard let bytes = bundle[path] else { return missing(path) }
        var rows = bytes.split(separator: StrictText.newline, omittingEmptySubsequences: false)
        guard !bytes.contains(0), rows.count >= 2, rows.removeLast().isEmpty,
            (rows.removeFirst() + [UInt8(ascii: ",")]).starts(with: Self.timelineHeader.utf8)
        else {
            return fail(path, EvidenceError(.fileDiffers, "is no timeline"))
        }
        let entries = Dictionary(report.entries.map { ($0.index, $0) }) { first, _ in first }
        var told: Set<UInt64> = []
        for (number, row) in rows.enumerated() {
            let fields = row.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
            guard let index = StrictText.decimal(fields[0]), let entry = entries[index],
                fields.count >= 3, fields[1].elementsEqual(entry.leaf.hash.base64.utf8),
                fields[2].elementsEqual(entry.leaf.time.rfc3339Seconds.utf8),
                told.insert(entry.index).inserted
            else {
                return fail(
                    path,
                    EvidenceError(.fileDiffers, at: "row \(number + 1)", "is of no entry here")
                )
            }
        }
        guard told.count == report.entries.count else {
            return fail(path, EvidenceError(.fileDiffers, "leaves entries out"))
        }
        report.checks.append(.timeline)
    }

    static let timelinePath = "timeline.csv"
    static let timelineHeader = "index,leaf_hash,time,"

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
    /// A SHA-256 in hexadecimal, in lower case.
    fileprivate var sha256: TreeHash? {
        guard let text = stringValue, text == text.lowercased() else { return nil }
        return Hexadecimal.decode(text).flatMap { TreeHash(bytes: $0) }
    }
}
