import CardModel
import EvidenceLog
import WireFormat

/// Composes the files of a bundle out of what was read: pure, so that the same material always
/// gives the same files.
struct BundleComposition {
    let material: BundleMaterial
    let audience: BundleAudience
    let revealsKeys: Bool
    let drawings: BundleDrawings
    let omissions: [BundleOmission]
    private(set) var files: [CanonicalArchive.File] = []

    init(
        _ material: BundleMaterial,
        request: BundleRequest,
        drawings: BundleDrawings,
        omissions: [BundleOmission]
    ) {
        self.material = material
        audience = request.audience
        revealsKeys = request.revealsKeys
        self.drawings = drawings
        self.omissions = omissions
    }

    /// The bundle, signed by the key of the platform's open log: of a log that has ended there is
    /// no key any more.
    /// - Throws: ``EvidenceError`` with code `limitExceeded` for a bundle beyond the format's
    ///   limits.
    mutating func bundle() throws -> EvidenceBundle {
        try addEntries()
        try files.addTime(of: material)
        files.addTrust(of: material)
        try addStatements()
        return try EvidenceBundle(
            sealing: files,
            origin: material.log.origin,
            signer: material.platform.logSigner
        )
    }

    mutating func add(_ path: BundlePath, _ bytes: [UInt8]) {
        files.add(path, bytes)
    }

    mutating func add(statement path: String, _ value: JSONValue) throws {
        add(.statement(path), try value.canonical())
    }

    // MARK: Entries

    private mutating func addEntries() throws {
        for entry in material.entries {
            try add(entry, in: .entries)
            addTranscripts(of: entry)
        }
        for entry in material.otherSales.entries { try add(entry, in: .duplicates) }
        for entry in material.anchors + material.health { try add(entry, in: .entries) }
        for (record, content) in material.attachments {
            guard let content = content.bytes else { continue }
            add(
                .attachment(
                    index: record.leafIndex - material.log.firstIndex,
                    fileExtension: record.mediaType.fileExtension
                ),
                content
            )
        }
        // A policy that no entry names yet would be a file that nothing speaks for.
        let named = Set(material.entries.compactMap { $0["policy"]?["hash"]?.stringValue })
        for policy in material.policies where named.contains(policy.hash) {
            add(.policyText(sha256: policy.hash), policy.text)
        }
    }

    private mutating func add(_ entry: MaterialEntry, in folder: BundlePath.EntryFolder) throws {
        guard let proof = material.proofs[entry.index] else {
            throw StoreError.broken("entry \(entry.index) has no proof")
        }
        add(.entry(folder, index: entry.index, .proof), proof)
        guard let record = entry.record else { return }
        let isOtherSale = folder == .duplicates
        add(
            .entry(folder, index: entry.index, .disclosures),
            lines(try record.disclosures(), isOtherSale: isOtherSale)
        )
        guard let items = try record.itemTree() else { return }
        for (item, salted) in items.records.enumerated()
        where entry.shownItems?.contains(item) ?? true {
            add(.entry(folder, index: entry.index, .itemRecord(item)), salted.bytes)
            add(
                .entry(folder, index: entry.index, .itemDisclosures(item)),
                lines(try record.itemDisclosures(item), isOtherSale: isOtherSale)
            )
            add(
                .entry(folder, index: entry.index, .itemPath(item)),
                Array(
                    items.inclusionProof(forItem: item).path.map { $0.base64 + "\n" }.joined().utf8)
            )
        }
    }

    /// A disclosure a line, of those that this bundle opens.
    private func lines(_ disclosures: [Disclosure], isOtherSale: Bool) -> [UInt8] {
        disclosures.filter {
            audience.opens($0.name, isOtherSale: isOtherSale, revealingKeys: revealsKeys)
                && ($0.name == "step" ? $0.value["event"]?.stringValue : nil)
                    .map(audience.opensStep) ?? true
        }.flatMap { $0.bytes + [UInt8(ascii: "\n")] }
    }

    /// The scrubbed bytes of each exchange; an answer that never came is an empty file.
    private mutating func addTranscripts(of entry: MaterialEntry) {
        guard let record = entry.record, !(record.fields["transcripts"]?.arrayValue ?? []).isEmpty
        else { return }
        for (number, exchange) in (record.attachments.arrayValue ?? []).enumerated() {
            for (path, name) in [
                (BundlePath.request(index: entry.index, number: number), "request"),
                (BundlePath.reply(index: entry.index, number: number), "reply"),
            ] {
                let bytes = exchange[name]?.stringValue.flatMap { Base64.decode($0) }
                if let bytes { add(path, bytes) }
            }
        }
    }

    // MARK: Statements

    private mutating func addStatements() throws {
        let timeline = BundleTimeline(material)
        add(.statement("timeline.csv"), timeline.csv)
        var summary = BundleSummary(material, audience: audience).jsonObject
        summary["not_included"] = .array(
            omissions.map {
                [
                    "what": .string($0.word), "zh-CN": .string($0.text.zhCN),
                    "en": .string($0.text.en),
                ]
            }
        )
        try add(statement: "summary.json", .object(summary))
        add(.statement("00-说明.html"), drawings.page)
        if let pdf = drawings.pdf { add(.statement("00-说明.pdf"), pdf) }
        for claim in material.claims {
            let told = Answers.claim(
                claim.record, history: claim.history, platform: material.platform)
            var statement = told.objectValue ?? JSONObject()
            // Where a bundle is read, the entry is one of its log.
            statement["evidence"] = ["entry": material.entryNumber(claim.record.leafIndex)]
            try add(statement: "claim/\(claim.record.id.text).json", .object(statement))
        }
        for (number, notice) in material.notices.enumerated() {
            try add(
                statement: "delivery/notice-\(number + 1).json",
                notice.record.bundleValue(entry: material.entryNumber(notice.record.leafIndex))
            )
        }
        if !material.health.isEmpty {
            try add(statement: "system/health.json", HealthStatement(material).jsonValue)
        }
        add(.statement("verify.sh"), PackageResources.verify_sh)
        add(.statement("VERIFY.md"), PackageResources.VERIFY_md)
    }
}

extension NoticeRecord {
    /// What the gateway says of a notice. No digest of its body: a plain one would let a short key
    /// be guessed, and the keyed one says nothing to a reader.
    fileprivate func bundleValue(entry: JSONValue) -> JSONValue {
        [
            "webhook_id": JSONValue(text: webhookID), "stage": .string(stage.rawValue),
            "accepted_at": .string(acceptedAt.rfc3339),
            "entry": entry,
        ]
    }
}

/// The statement as it is read on a screen and on paper.
struct BundleDrawings {
    let page: [UInt8]
    /// Nil without a renderer.
    let pdf: [UInt8]?
}
