import WireFormat

extension BundleVerification {
    /// Every entry against the head, its opened fields against its digests, its items against
    /// their root.
    mutating func checkEntries() {
        let proofs = bundle.paths.compactMap { path -> (BundlePath.EntryFolder, UInt64)? in
            if case .entry(let folder, let index, .proof) = path { (folder, index) } else { nil }
        }
        for (folder, index) in proofs.sorted(by: { $0.1 < $1.1 }) {
            guard let entry = entry(folder, index) else { continue }
            report.entries.append(entry)
            collectNames(of: entry)
        }
        checkCompanions()
        checkFolders()
        if report.entries.isEmpty {
            fail("entries", EvidenceError(.missingFile, "the bundle proves no entry"))
        }
        report.checks.append(.entries(count: UInt64(report.entries.count)))
        let opened = report.entries.reduce(0) {
            $0 + $1.fields.count + $1.items.values.reduce(0) { $0 + $1.count }
        }
        report.checks.append(.disclosures(count: opened))
    }

    private mutating func entry(
        _ folder: BundlePath.EntryFolder,
        _ index: UInt64
    ) -> BundledEntry? {
        let path = BundlePath.entry(folder, index: index, .proof)
        do throws(EvidenceError) {
            let leaf = try provenLeaf(at: path, index: index)
            let fields = try openedFields(of: leaf, folder, index)
            return BundledEntry(
                index: index,
                folder: folder,
                leaf: leaf,
                fields: fields,
                items: try openedItems(folder, index, under: fields)
            )
        } catch {
            let part = error.location.hasPrefix("\(folder.rawValue)/") ? error.location : path.path
            fail(part, error)
            return nil
        }
    }

    private func provenLeaf(
        at path: BundlePath,
        index: UInt64
    ) throws(EvidenceError) -> EvidenceLeaf {
        let proof = try LogProof(bytes: bundle[path] ?? [])
        guard proof.index == index else {
            throw EvidenceError(.malformedProof, "is of entry \(proof.index)")
        }
        guard let head, proof.checkpoint.serialized == head.serialized else {
            throw EvidenceError(.malformedProof, "does not end in the bundle's checkpoint")
        }
        guard let entry = proof.extra else {
            throw EvidenceError(.malformedProof, "does not carry its leaf")
        }
        try proof.inclusionProof.verify(leaf: .leaf(of: entry), root: head.checkpoint.root)
        return try EvidenceLeaf(bytes: entry)
    }

    private func openedFields(
        of leaf: EvidenceLeaf,
        _ folder: BundlePath.EntryFolder,
        _ index: UInt64
    ) throws(EvidenceError) -> [JSONObject.Member] {
        let path = BundlePath.entry(folder, index: index, .disclosures)
        guard let bytes = bundle[path] else { return [] }
        return try named(path) { () throws(EvidenceError) in
            try leaf.open(Self.disclosures(bytes))
        }
    }

    private func openedItems(
        _ folder: BundlePath.EntryFolder,
        _ index: UInt64,
        under fields: [JSONObject.Member]
    ) throws(EvidenceError) -> [Int: [JSONObject.Member]] {
        var items: [Int: [JSONObject.Member]] = [:]
        for item in self.items[.entry(folder, index: index, .proof)] ?? [] {
            let path = BundlePath.entry(folder, index: index, .itemRecord(item))
            items[item] = try named(path) { () throws(EvidenceError) in
                try openedItem(item, folder, index, record: bundle[path] ?? [], under: fields)
            }
        }
        return items
    }

    private func openedItem(
        _ item: Int,
        _ folder: BundlePath.EntryFolder,
        _ index: UInt64,
        record bytes: [UInt8],
        under fields: [JSONObject.Member]
    ) throws(EvidenceError) -> [JSONObject.Member] {
        let value = fields.first { $0.name == ItemsRoot.fieldName }?.value
        guard let root = value.flatMap(ItemsRoot.init(fieldValue:)) else {
            throw EvidenceError(.malformedProof, "the entry opens no root of items")
        }
        let record = try SaltedItem(bytes: bytes)
        let path = try Self.hashes(
            bundle[.entry(folder, index: index, .itemPath(item))] ?? [],
            named: "path"
        )
        try root.verify(record, at: UInt64(item), path: path)
        guard let disclosures = bundle[.entry(folder, index: index, .itemDisclosures(item))] else {
            return []
        }
        return try record.open(Self.disclosures(disclosures))
    }

    /// In the folders of the format lies nothing else, and an entry is in one of them.
    private mutating func checkFolders() {
        let folders = BundlePath.ownFolders
        for case .statement(let path) in bundle.paths
        where folders.contains(where: { path.hasPrefix($0) })
            && !BundlePath.ownStatements.contains(path)
        {
            fail(path, EvidenceError(.unexpectedFile, "is none of the format's files"))
        }
        let doubles = Dictionary(grouping: report.entries, by: \.index).filter {
            $0.value.count > 1
        }
        for index in doubles.keys.sorted() {
            fail(
                .entry(.duplicates, index: index, .proof),
                EvidenceError(.unexpectedFile, "the entry is in both folders")
            )
        }
    }

    /// Files of an entry whose proof, or whose item's record, is not there have nothing to be
    /// checked against.
    private mutating func checkCompanions() {
        for path in bundle.paths {
            guard case .entry(let folder, let index, let file) = path else { continue }
            let owner: BundlePath? =
                switch file {
                case .proof: nil
                case .disclosures, .itemRecord: .entry(folder, index: index, .proof)
                case .itemDisclosures(let item), .itemPath(let item):
                    .entry(folder, index: index, .itemRecord(item))
                }
            guard let owner, bundle[owner] == nil else { continue }
            fail(path, EvidenceError(.unexpectedFile, "\(owner.path) is not there"))
        }
    }

    /// One disclosure a line.
    static func disclosures(_ bytes: [UInt8]) throws(EvidenceError) -> [Disclosure] {
        guard let lines = StrictText.lines(bytes[...]), !lines.isEmpty else {
            throw EvidenceError(.malformedDisclosure, "no lines that end in newlines")
        }
        var disclosures: [Disclosure] = []
        for line in lines {
            disclosures.append(try Disclosure(text: StrictText.text(line) ?? ""))
        }
        return disclosures
    }

    /// One base64 hash a line; none for an empty file.
    static func hashes(_ bytes: [UInt8], named name: String) throws(EvidenceError) -> [TreeHash] {
        guard let lines = StrictText.lines(bytes[...]) else {
            throw EvidenceError(.malformedProof, at: name, "the last line does not end")
        }
        var hashes: [TreeHash] = []
        for line in lines {
            guard hashes.count < LogProof.longestPath,
                let hash = TreeHash(base64: String(decoding: line, as: UTF8.self))
            else {
                throw EvidenceError(
                    .malformedProof, at: name, "not the base64 of up to 63 hashes, a line each")
            }
            hashes.append(hash)
        }
        return hashes
    }

    /// Lets an error name the file it is about.
    private func named<Value>(
        _ path: BundlePath,
        _ body: () throws(EvidenceError) -> Value
    ) throws(EvidenceError) -> Value {
        do throws(EvidenceError) { return try body() } catch {
            throw EvidenceError(error.code, at: path.path, error.located)
        }
    }
}

extension EvidenceError {
    /// The detail with its place, for an error that gets another location.
    var located: String { location.isEmpty ? detail : "\(location): \(detail)" }
}
