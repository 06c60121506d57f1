import WireFormat

extension BundleVerification {
    /// What an anchor leaf says of its stamp.
    struct Anchor: Hashable {
        let size: Int64
        let sha256: String
    }

    func anchor(size: UInt64, _ response: BundlePath) -> Anchor {
        Anchor(
            size: Int64(clamping: size),
            sha256: Hexadecimal.encode(TreeHash.plain(bundle[response] ?? []).bytes)
        )
    }

    /// The anchor leaves, which say that all later entries are younger than a stamp.
    func anchors() -> [Anchor: [UInt64]] {
        report.entries.reduce(into: [:]) { anchors, entry in
            guard let members = entry.anchored else { return }
            let anchor = Anchor(
                size: members["size"]?.integerValue ?? -1,
                sha256: members["tsr_sha256"]?.stringValue ?? ""
            )
            anchors[anchor, default: []].append(entry.index)
        }
    }

    /// An anchor whose stamp is not there would say nothing, and look as if it did.
    mutating func requireStamps(of anchors: [Anchor: [UInt64]]) {
        var unstamped = anchors
        for path in bundle.paths {
            guard case .stamped(let size, .response) = path else { continue }
            unstamped[anchor(size: size, path)] = nil
        }
        let indexes = Set(unstamped.values.joined())
        for entry in report.entries where indexes.contains(entry.index) && entry.anchored != nil {
            fail(
                .entry(entry.folder, index: entry.index, .proof),
                EvidenceError(.missingFile, "the stamp that it anchors is not there")
            )
        }
    }

    /// Entries come by their index: lower bounds are found on the way up, upper ones on the way
    /// down, so that each stamp is looked at once.
    mutating func bracket(by stamps: [BundledStamp]) {
        var lower = stamps.compactMap { stamp in stamp.anchor.map { ($0, stamp.stamp.earliest) } }
            .sorted { $0.0 > $1.0 }
        var upper = stamps.map { ($0.size, $0.stamp.latest) }.sorted { $0.0 < $1.0 }
        var bound: Instant?
        for place in report.entries.indices {
            while let (anchor, time) = lower.last, anchor < report.entries[place].index {
                bound = max(bound ?? time, time)
                lower.removeLast()
            }
            report.entries[place].bracket.notBefore = bound
        }
        bound = nil
        for place in report.entries.indices.reversed() {
            while let (size, time) = upper.last, size > report.entries[place].index {
                bound = min(bound ?? time, time)
                upper.removeLast()
            }
            report.entries[place].bracket.notAfter = bound
        }
        for entry in report.entries where !entry.bracket.allows(entry.leaf.time) {
            fail(
                .entry(entry.folder, index: entry.index, .proof),
                EvidenceError(
                    .timeOutsideBracket,
                    "says \(entry.leaf.time.rfc3339Seconds), the stamps around it say otherwise"
                )
            )
        }
    }
}

extension BundledEntry {
    /// The members of an anchor leaf.
    fileprivate var anchored: JSONObject? {
        if case .disclosed(.anchor, let members) = leaf.content { members } else { nil }
    }
}
